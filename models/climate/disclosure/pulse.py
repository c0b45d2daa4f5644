"""The pulse: one series of the whole organisation by the hour, which tells nothing beside others.

Of the hours of a day some are published and some are not.  Any other published sum holds of a leaf
and a day all hours or none.  So take a group that can be had from everything together, let ``h`` be
an hour that is published, ``a`` its coefficient, and look at a leaf that is active in ``h`` and in
an hour that is not: in the latter the group holds what the other sums say, in ``h`` the same plus
``a``.  If ``a`` is 1 the group holds all such leaves in ``h``, if it is -1 all of them in the
other hour.  Where both are ``k`` people or more, a group of fewer is had without the pulse.
Nothing that happens later in the day, and nothing that is published later, can change that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from models.climate.cell import Cell
from models.climate.disclosure.coarsening import band
from models.climate.disclosure.released_statistic import MICRO
from models.climate.disclosure.thresholds import FLOOR, Primary, primary

LEAST: Final = 250
"""People with a message in an hour of the pulse; below that an hour moves by single messages
(design study)."""
STEPS: Final = 20
"""Values have steps of a twentieth: 0.05."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What was written in one local hour.

    Attributes:
        hour: 0 to 23.
        leaves: Cells of the leaves; a contributor wrote one message in the hour.
    """

    hour: int
    leaves: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class PulseHour:
    """A value of the whole organisation that people may see: rounded, never restated.

    Attributes:
        day: Local day.
        hour: 0 to 23.
        value: Valence from -1 to 1.
        band: How many contributors, roughly.
    """

    day: date
    hour: int
    value: float
    band: str


def pulse(day: date, hours: Sequence[Hour], k: int) -> tuple[PulseHour, ...]:
    """The hours of *day* that may be published.

    Whether one is depends on it and those before it alone, so each can be decided when it ends.

    Args:
        day: Local day.
        hours: Hours that have ended, in their order; silent ones may be missing.
        k: Fewest contributors of anything that can be known.

    Raises:
        ValueError: *k* is below the floor, or the hours are no hours of a day in their order.

    Source:
        Design study: only hours with 250 contributors, in steps of 0.05.
    """
    if k < FLOOR:
        raise ValueError(f"k must be at least {FLOOR}")
    numbers = [one.hour for one in hours]
    if numbers != sorted(set(numbers)) or not set(numbers) <= set(range(24)):
        raise ValueError("these are no hours of one day in their order")
    published: list[PulseHour] = []
    kept_back: dict[str, int] = {}
    for one in hours:
        written = {leaf: cell for leaf, cell in one.leaves.items() if not cell.is_empty}
        whole = sum(written.values(), Cell())
        both = written.keys() & kept_back.keys()
        here = sum(written[leaf].contributors for leaf in both)
        before = sum(kept_back[leaf] for leaf in both)
        if primary(whole, k=max(LEAST, k)) is Primary.PASSES and min(here, before) >= k:
            published.append(_published(day, one.hour, whole))
            continue
        for leaf, cell in written.items():
            kept_back[leaf] = max(cell.contributors, kept_back.get(leaf, 0))
    return tuple(published)


def _published(day: date, hour: int, whole: Cell) -> PulseHour:
    exact = Fraction(whole.weighted_micro, whole.weight * MICRO)
    return PulseHour(day, hour, round(exact * STEPS) / STEPS, band(whole.contributors))
