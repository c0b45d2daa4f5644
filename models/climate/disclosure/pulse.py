"""The pulse: one series of the whole organisation by the hour, which tells nothing beside others.

Of the hours of a day some are published, and what was written outside them is in none: in an hour
that was kept back, too late, or where it was another day than in UTC.  Any other published sum
holds a window.  Take any combination of everything together, whatever each sum is multiplied by,
an hour ``h`` that is in it, and of all published windows that hold the day of ``h`` the one that
was published last.

Look at those who were still there then.  Their messages of that day are in all of these windows,
for nobody comes back; so all of a leaf are in the same sums, which the combination holds ``c``
times altogether, but that those in ``h`` are in ``h`` too.  Where ``c`` is not nought, it holds
what everybody of the leaf wrote outside the published hours; where it is, what everybody of the
leaf wrote in ``h``.  Which of the two may be another in each leaf, as in the sum of one leaf less
that of another.  Hence the rule: *a window is published only while, for every published hour in
it, k people are left when of each leaf the fewer count: those who are still there and wrote in the
hour, or those who did outside all published hours of its day*.  Then a combination that touches
fewer than ``k`` people has no hour in it and is had without the pulse.  A message may weigh more in
its hour than in its day, as long as it moves both.  What was edited counts as in the hour that
holds what it was before: it may still say the same.

What happens to people, messages or windows before that last window changes nothing, for nothing
was said of them: somebody who has gone is in some sums only, and can only add to who is touched.
What happens after it changes no sum.  Where no window of the day was published everybody in ``h``
is touched, which is at least ``LEAST`` people.

That an hour is published only beside hours that were kept back with as many people in them is no
part of this: it lets its windows pass, unless people withdraw or delete afterwards.
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
class Overlap:
    """Who wrote in one hour and who outside, as far as they are still there.

    Attributes:
        inside: By leaf, people with a message in the hour.
        outside: By leaf, people with a message of the day that is in no published hour.
    """

    inside: Mapping[str, int]
    outside: Mapping[str, int]

    def hides(self, k: int) -> bool:
        """Whether what the hour tells beside windows that hold it touches *k* people or more.

        Args:
            k: Fewest contributors of anything that can be known.
        """
        fewer = (min(people, self.outside.get(leaf, 0)) for leaf, people in self.inside.items())
        return sum(fewer) >= k


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
    beside = Overlap({leaf: cell.contributors for leaf, cell in written.items()}, kept_back)
    if primary(whole, k=least(k)) is not Primary.PASSES or not beside.hides(k):
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
