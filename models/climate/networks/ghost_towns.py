"""Which share of an organisation's channels hardly anybody writes in.

Told of the whole organisation alone, as the tenth in which the share lies.  Which channels there
are and who writes in a public one every member sees anyway; what they do not see is who of those
has opted out, and counts in none.  So no figure that is told hangs on one person: whoever of the
authors had not taken part, the tenth would be the same.  Two figures that differ by one author,
over whatever list of channels, are thus alike wherever both are told.  That none is told may hang
on one person, as under every rule without chance in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.tenths import TENTHS
from models.climate.windows import Window

LEAST_MEMBERS: Final = 10
"""Of a channel that could be a ghost town (design study)."""
LEAST_AGE: Final = 90
"""Days a channel must exist to be one; a young one is not dead yet (design study)."""
LEAST_AUTHORS: Final = 5
"""A channel with fewer distinct authors in 28 days is a ghost town (design study)."""
LEAST_CHANNELS: Final = 20
"""Fewest channels of which a share is told (design study)."""


def could_be_one(members: int, created: date, four: Window) -> bool:
    """Whether a channel counts at all.

    Args:
        members: People who can write in it.
        created: First day of the channel.
        four: The four weeks; its age is that at their end.
    """
    return members >= LEAST_MEMBERS and (four.end_exclusive - created).days >= LEAST_AGE


def ghost_towns(channels: Iterable[AbstractSet[Hashable]]) -> Ratio | None:
    """The tenth in which the share of ghost towns lies, over ten; the last one holds all of them.

    Args:
        channels: Of each channel that could be a ghost town, the people who wrote in it within
            four weeks.

    Returns:
        None for fewer than ``LEAST_CHANNELS`` channels, or where the tenth would be another one
        without somebody: without one author more, a channel of ``LEAST_AUTHORS`` is a ghost town.

    Source:
        The ratio and its limits: design study.
    """
    counted = dead = 0
    hangs_on: Counter[Hashable] = Counter()
    for authors in channels:
        counted += 1
        dead += len(authors) < LEAST_AUTHORS
        if len(authors) == LEAST_AUTHORS:
            hangs_on.update(authors)
    if counted < LEAST_CHANNELS:
        return None
    tenth = _tenth(dead, counted)
    if _tenth(dead + max(hangs_on.values(), default=0), counted) != tenth:
        return None
    return Ratio(catalogue.GHOST_TOWNS.id, tenth, TENTHS)


def _tenth(dead: int, counted: int) -> int:
    return min(TENTHS * dead // counted, TENTHS - 1)
