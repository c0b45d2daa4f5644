"""The pulse: one series of the whole organisation by the hour, which tells nothing beside others.

Of the hours of a day some are published and some are not.  Any other published sum holds of a leaf
and a day all hours or none.  So take a group that can be had from everything together, let ``h`` be
an hour that is published, ``a`` its coefficient, and look at a leaf that is active in ``h`` and in
an hour that is not: in the latter the group holds what the other sums say, in ``h`` the same plus
``a``.  If ``a`` is 1 the group holds all such leaves in ``h``, if it is -1 all of them in the
other hour.  Where both are ``k`` people or more, a group of fewer is had without the pulse.
Nothing that happens later in the day, and nothing that is published later, can change that.
What came too late for its hour, or was written on another day than UTC's, is in no hour: it is one
more that is kept back, and only adds to what such a group holds.
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
    """What was written in one hour of UTC by people for whom it was the same day.

    Attributes:
        hour: 0 to 23.
        leaves: Cells of the leaves; a contributor wrote one message in the hour.
    """

    hour: int
    leaves: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class HourStatistic:
    """Sums of an hour that is released: its value is made of these and of nothing else.

    Attributes:
        day: UTC day, which is the local day of everything in it.
        hour: 0 to 23.
        weight: Sum of the weights of everybody who wrote.
        weighted_micro: Weighted sum of valence, in millionths.
        contributors: People with a message.
    """

    day: date
    hour: int
    weight: int
    weighted_micro: int
    contributors: int


@dataclass(frozen=True, slots=True)
class PulseHour:
    """A value of the whole organisation that people may see: rounded, never restated.

    Attributes:
        day: UTC day, which is the local day of everything in it.
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
        day: The day.
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
        found = released_hour(day, one, kept_back, k)
        if found is not None:
            published.append(published_hour(found))
            continue
        for leaf, cell in one.leaves.items():
            kept_back[leaf] = max(cell.contributors, kept_back.get(leaf, 0))
    return tuple(published)


def released_hour(
    day: date, one: Hour, kept_back: Mapping[str, int], k: int
) -> HourStatistic | None:
    """The sums of *one* hour of *day*, if they may be known; None where it is kept back.

    Args:
        day: The day.
        one: The hour.
        kept_back: By leaf, how many people wrote in one hour of the day before it that was kept
            back: the one in which most did.
        k: Fewest contributors of anything that can be known.

    Raises:
        ValueError: *k* is below the floor.
    """
    written = {leaf: cell for leaf, cell in one.leaves.items() if not cell.is_empty}
    whole = sum(written.values(), Cell())
    both = [leaf for leaf in written if kept_back.get(leaf)]
    here = sum(written[leaf].contributors for leaf in both)
    before = sum(kept_back[leaf] for leaf in both)
    if primary(whole, k=least(k)) is not Primary.PASSES or min(here, before) < k:
        return None
    return HourStatistic(day, one.hour, whole.weight, whole.weighted_micro, whole.contributors)


def least(k: int) -> int:
    """Fewest people of an hour that is published under a policy with this *k*."""
    return max(LEAST, k)


def published_hour(found: HourStatistic) -> PulseHour:
    """What people may see of an hour that is released.

    Raises:
        ZeroDivisionError: nobody wrote in it.
    """
    exact = Fraction(found.weighted_micro, found.weight * MICRO)
    value = round(exact * STEPS) / STEPS
    return PulseHour(found.day, found.hour, value, band(found.contributors))
