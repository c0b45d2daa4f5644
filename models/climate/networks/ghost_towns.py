"""Ghost towns: channels in which hardly anybody writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LEAST_MEMBERS: Final = 10
"""Of a channel that could be a ghost town (design study)."""
LEAST_AGE: Final = 90
"""Days a channel must exist to be one; a young one is not dead yet (design study)."""
LEAST_AUTHORS: Final = 5
"""A channel with fewer distinct authors in 28 days is a ghost town (design study)."""
LEAST_CHANNELS: Final = 20
"""Fewest channels of which a share is told (design study)."""
LOWEST_LEVEL: Final = 1
"""Ghost towns are told of the organisation and its divisions (design study)."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel over 28 days.

    Attributes:
        members: People who can write in it.
        age: Days since it was made.
        authors: Distinct people who wrote in it.
    """

    members: int
    age: int
    authors: int


def ghost_town_ratio(channels: Iterable[Channel], *, level: int) -> float | None:
    """Share of channels that are ghost towns, 0 to 1.

    Counted are channels of at least ``LEAST_MEMBERS`` members and ``LEAST_AGE`` days; a ghost town
    has fewer than ``LEAST_AUTHORS`` authors.

    Args:
        channels: Those of one unit.
        level: Depth of that unit in the tree.

    Returns:
        None below ``LOWEST_LEVEL``, or for fewer than ``LEAST_CHANNELS`` channels that count.
    """
    counted = [c for c in channels if c.members >= LEAST_MEMBERS and c.age >= LEAST_AGE]
    if level > LOWEST_LEVEL or len(counted) < LEAST_CHANNELS:
        return None
    return sum(c.authors < LEAST_AUTHORS for c in counted) / len(counted)
