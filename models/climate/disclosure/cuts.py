"""Sums by the week above sums by the four weeks: what can be had from both by subtraction.

Below a unit that is published by the week, every published sum is a sum of two kinds of residuals:

- of a unit and one of its own windows, minus its children published in it;
- for a parent by the week and one week: ``r(week)``, the same, which still holds its children by
  the four weeks; for such a child: ``s(unit)``, which spans all four.

The second kind overlaps: ``r`` cuts a region by weeks, ``s`` cuts it by units.  A combination of
them that counts each person's week once or not at all is a sum of directed cuts of the graph that
joins each week to the units active in it, hence of the groups of ``Region.cuts``: some weeks minus
the units that were silent outside them, and some units minus the weeks in which no one else wrote.
So it is enough to count each of those, and no matrix is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, TypeVar

from models.climate.disclosure.shown import Shown, Week, withdrawn
from models.climate.windows import Cadence

MOST_CUTS: Final = 256
"""More combinations of weeks than this are not counted but refused."""

WITHDRAWN: Final = ""
"""Stands in a group for people who withdrew after a finer window was published."""
T = TypeVar("T")
Group = dict[str, frozenset[int]]
"""Units whose people are in it, and in which of the weeks; units never overlap."""


class Region:
    """A parent, its weeks, and the units published by the four weeks directly below it.

    Args:
        parent: A unit by the week, or by the day where its days tell no more than weeks do.
        shown: Four weeks.
        told: The weeks that the parent's sums tell; of the others they tell nothing.
    """

    def __init__(self, parent: str, shown: Shown, told: Collection[int]) -> None:
        self._shown, self._weeks = shown, shown.weeks()
        below = [child for child in shown.tree.children(parent) if child in shown.units]
        for unit in below:  # grows while it is read
            below += [child for child in shown.tree.children(unit) if child in shown.units]
        self._coarse = {unit: shown.residual(unit, shown.units) for unit in below}
        self._active = {
            unit: frozenset[int]().union(*(self._writes(part) for part in parts))
            for unit, parts in self._coarse.items()
        }
        self._rest = {week: rest(parent, shown, self._weeks[week]) for week in told}

    def cuts(self) -> list[Group] | None:
        """Every smallest group that can be told; None if there are too many to count."""
        alone = (
            frozenset(unit for unit, active in self._active.items() if week in active)
            for week, rest in self._rest.items()
            if not rest
        )
        told = (active for active in self._active.values() if active <= self._rest.keys())
        weeks, units = _unions(told), _unions(alone)
        if weeks is None or units is None:
            return None
        return [*map(self._weeks_minus_units, weeks), *map(self._units_minus_weeks, units)]

    def least(self, group: Group) -> int:
        """At least so many people contribute to *group*."""
        return sum(self._least(unit, weeks) for unit, weeks in group.items())

    def _least(self, unit: str, weeks: frozenset[int]) -> int:
        if unit == WITHDRAWN:
            return 0
        if weeks >= self._writes(unit):
            return self._shown.cells[unit].contributors
        # Contributors of several weeks are not counted; those of the fullest are among them.
        return max(self._weeks[week].cells[unit].contributors for week in weeks)

    def _weeks_minus_units(self, weeks: frozenset[int]) -> Group:
        """Those weeks of the parent, less the units that are silent in all others."""
        group: dict[str, set[int]] = {}
        for week in weeks:
            for unit in self._rest[week]:
                group.setdefault(unit, set()).add(week)
        for unit, active in self._active.items():
            if not active <= weeks:
                for part in self._coarse[unit]:
                    group[part] = set(self._writes(part) & weeks)
        return {unit: frozenset(held) for unit, held in group.items() if held}

    def _units_minus_weeks(self, units: frozenset[str]) -> Group:
        """Those units, less the weeks in which nobody else of the parent wrote."""
        taken = {
            week
            for week, rest in self._rest.items()
            if not rest and all(week not in self._active[u] for u in self._coarse if u not in units)
        }
        parts = (part for unit in units for part in self._coarse[unit])
        return {part: held for part in parts if (held := self._writes(part) - taken)}

    def _writes(self, unit: str) -> frozenset[int]:
        weeks = enumerate(self._weeks)
        return frozenset(number for number, week in weeks if not week.cells[unit].is_empty)


def rest(parent: str, shown: Shown, week: Week) -> tuple[str, ...]:
    """What the parent's sum of that week holds beside any unit that is published."""
    published = shown.units | week.units
    children = [c for c in shown.tree.children(parent) if shown.plan[c] is not Cadence.DAY]
    hidden = [child for child in children if child not in published]
    left = tuple(unit for unit in hidden if not week.cells[unit].is_empty)
    return (*left, WITHDRAWN) if any(_gone(parent, shown, week)) else left


def _gone(parent: str, shown: Shown, week: Week) -> tuple[int, int]:
    """What people who withdrew since have in the rest of that week."""
    weight = weighted_micro = 0
    for unit, sign in ((parent, 1), *((child, -1) for child in shown.tree.children(parent))):
        by_day = shown.plan[unit] is Cadence.DAY
        for published in week.days if by_day else (week,):
            if unit in published.released:
                gone = withdrawn(unit, published)
                weight += sign * gone[0]
                weighted_micro += sign * gone[1]
    return weight, weighted_micro


def _unions(sets: Iterable[frozenset[T]]) -> frozenset[frozenset[T]] | None:
    """All unions of some of *sets*; None beyond ``MOST_CUTS``."""
    found: set[frozenset[T]] = set()
    for one in sets:
        found |= {one, *(one | other for other in found)}
        if len(found) > MOST_CUTS:
            return None
    return frozenset(found)
