"""How often each unit is published: decided before the quarter, by size, never afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window, week_of

LEAST_FOR_DAYS: Final = 100
"""Contributors of nine weeks in ten from which a unit is published by the day (design study)."""
LEAST_FOR_WEEKS: Final = 25
"""Eligible people from which a unit is published by the week: of fewer, too many weeks fall
below k, and what a unit loses by the week it keeps by the four weeks."""
TO_SPARE: Final = 2
"""So many more than k contribute in nine weeks of ten to a unit that stays by the week
(design study, section 2.2)."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """What is known of a quarter to everybody who reads what was released.

    Attributes:
        plan: The cadence of each unit of its tree.
        windows: Its windows that have closed.
        released: The sums that were released in them.
    """

    plan: Mapping[str, Cadence]
    windows: Sequence[Window]
    released: Iterable[ReleasedStatistic]


def first_quarter(tree: UnitTree) -> dict[str, Cadence]:
    """The cadence of every unit while there is no earlier quarter to plan from.

    A child is never finer than its parent: its weeks would be parts of a window of the parent
    that nothing else is subtracted from.
    """
    return _never_finer(tree, {unit: _by_headcount(tree, unit) for unit in tree.top_down()})


def next_quarter(tree: UnitTree, before: Quarter, k: int) -> dict[str, Cadence]:
    """The cadence of every unit, from the quarter before.

    Only what was released is looked at, and a window that was withheld counts as one of nobody:
    so the plan tells nothing that a reader could not work out.  A week of a unit by the day counts
    as its fullest day, whose people are among those of the week.  A unit by the four weeks changes
    to weeks when its released contributors reach what headcounts ask for.  A unit that was not
    there, or of which no window has closed, goes by its headcount as in a first quarter.

    Args:
        tree: The tree of the new quarter; nobody counts beyond its headcounts.
        before: The quarter before.
        k: Fewest contributors of anything that can be known.

    Source:
        Design study, section 2.2: the cadence ladder, planned from the quarter before.
    """
    counted = _contributors(before)
    plan: dict[str, Cadence] = {}
    for unit in tree.top_down():
        seen = counted.get(unit)
        plan[unit] = (
            _by_contributors(before.plan[unit], min(_tenth(seen), tree.eligible(unit)), k)
            if seen
            else _by_headcount(tree, unit)
        )
    return _never_finer(tree, plan)


def _by_headcount(tree: UnitTree, unit: str) -> Cadence:
    return Cadence.WEEK if tree.eligible(unit) >= LEAST_FOR_WEEKS else Cadence.FOUR_WEEKS


def _by_contributors(so_far: Cadence, usual: int, k: int) -> Cadence:
    if so_far is Cadence.FOUR_WEEKS:
        return Cadence.WEEK if usual >= LEAST_FOR_WEEKS else Cadence.FOUR_WEEKS
    if usual >= LEAST_FOR_DAYS:
        return Cadence.DAY
    return Cadence.WEEK if usual >= k + TO_SPARE else Cadence.FOUR_WEEKS


def _contributors(before: Quarter) -> dict[str, list[int]]:
    """Of each unit the released contributors of every window of its own, days as weeks."""
    fullest: defaultdict[tuple[str, Window], int] = defaultdict(int)
    for found in before.released:
        place = found.unit, _counts_as(found.window)
        fullest[place] = max(found.contributors, fullest[place])
    places: defaultdict[Cadence, set[Window]] = defaultdict(set)
    for window in before.windows:
        places[window.cadence].add(_counts_as(window))
    return {
        unit: [fullest[unit, window] for window in places[cadence]]
        for unit, cadence in before.plan.items()
    }


def _counts_as(window: Window) -> Window:
    return week_of(window.start) if window.cadence is Cadence.DAY else window


def _tenth(counts: Sequence[int]) -> int:
    """The 10th percentile: the smallest count that a tenth of them do not exceed."""
    return sorted(counts)[(len(counts) + 9) // 10 - 1]


def _never_finer(tree: UnitTree, wanted: Mapping[str, Cadence]) -> dict[str, Cadence]:
    plan: dict[str, Cadence] = {}
    for unit in tree.top_down():
        parent = tree.parent(unit)
        over = wanted[unit] if parent is None else plan[parent]
        plan[unit] = max(wanted[unit], over, key=lambda cadence: cadence.days)
    return plan


def check(tree: UnitTree, plan: Mapping[str, Cadence]) -> None:
    """Refuse a plan under which the release rules do not hold.

    Raises:
        ValueError: a unit has no cadence, or a child is finer than its parent.
    """
    for unit in tree.top_down():
        if unit not in plan:
            raise ValueError("a unit has no cadence")
        parent = tree.parent(unit)
        if parent is not None and plan[unit].is_finer_than(plan[parent]):
            raise ValueError("a unit is finer than its parent")
