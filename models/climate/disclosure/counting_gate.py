"""The last check before the door: whatever can be subtracted must be nobody or enough people.

A reader of all published sums of four weeks can add and subtract them, nothing else.  With
*fine* units (published by the week) above *coarse* ones (by the four weeks), every published sum
is a sum of two kinds of residuals:

- of a unit and one of its own windows, minus its children published in it;
- for a fine parent and one week: ``r(week)``, the same, which still holds its coarse children;
  for a coarse unit below: ``s(unit)``, which spans all four weeks.

The second kind overlaps: ``r`` cuts a region by weeks, ``s`` cuts it by units.  A combination of
them that counts each person's week once or not at all is a sum of cuts of the graph that joins
each week to the coarse units active in it, hence of the groups of ``_Region.cuts``: some weeks
minus the coarse units that were silent outside them, and some coarse units minus the weeks in
which no one else wrote.  So it is enough to count each of those, and no matrix is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from models.climate.cell import Cell
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window

MOST_CUTS: Final = 256
"""More combinations of weeks than this are not counted but refused."""

WITHDRAWN: Final = ""
"""Stands in a group for people who withdrew after a finer window was published."""
T = TypeVar("T")
Group = dict[str, frozenset[int]]
"""Units whose people are in it, and in which of the finer windows; units never overlap."""


@dataclass(frozen=True, slots=True)
class ClosedWindow:
    """A finer window that closed inside the one that is released now.

    Attributes:
        window: Which.
        cells: Cells of all units, from the rows that are there today.
        released: What was published of it, as it was then: somebody who withdrew since is in
            these and no longer in the cells.
    """

    window: Window
    cells: Mapping[str, Cell]
    released: Mapping[str, ReleasedStatistic]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that will have been published of one window.

    Attributes:
        tree: The organisation.
        plan: The cadence of each unit.
        window: The window that is released now.
        cells: Cells of all units in it.
        units: Units that it would publish.
        finer: The finer windows that it consists of, all or none.
    """

    tree: UnitTree
    plan: Mapping[str, Cadence]
    window: Window
    cells: Mapping[str, Cell]
    units: frozenset[str]
    finer: Sequence[ClosedWindow] = ()

    def covers(self, parent: str) -> bool:
        """Whether *parent* is published over this whole window, now or in finer parts."""
        if self.plan[parent] is self.window.cadence:
            return parent in self.units
        return self.is_covered_in_parts(parent)

    def is_covered_in_parts(self, parent: str) -> bool:
        """Whether *parent* was published in every finer window, and there are any."""
        return bool(self.finer) and all(parent in closed.released for closed in self.finer)


def exposed(shown: Shown, k: int) -> tuple[str, ...]:
    """Units whose children show too much: some sum of fewer than *k* contributors would be known.

    Also a unit that has itself too few, and the parent that a published unit lacks.
    """
    return tuple(unit for unit in shown.tree.top_down() if _is_exposed(unit, shown, k))


def _is_exposed(unit: str, shown: Shown, k: int) -> bool:
    below = [child for child in shown.tree.children(unit) if child in shown.units]
    if unit in shown.units:
        if shown.plan[unit] is not shown.window.cadence or shown.cells[unit].contributors < k:
            return True
        left = [shown.cells[part] for part in _residual(unit, shown)]
        return any(not cell.is_empty for cell in left) and _people(left) < k
    if not below:
        return False
    if not shown.covers(unit):
        return True
    region = _Region(unit, shown)
    cuts = region.cuts()
    return cuts is None or any(group and region.least(group) < k for group in cuts)


def _people(cells: Sequence[Cell]) -> int:
    return sum(cell.contributors for cell in cells)


def _residual(unit: str, shown: Shown) -> tuple[str, ...]:
    """Units that are left of *unit* when its published children are taken away."""
    children = shown.tree.children(unit)
    return tuple(child for child in children if child not in shown.units) if children else (unit,)


class _Region:
    """A fine parent, its finer windows, and the coarse units published below it."""

    def __init__(self, parent: str, shown: Shown) -> None:
        self._shown = shown
        below = [child for child in shown.tree.children(parent) if child in shown.units]
        for unit in below:  # grows while it is read
            below += [child for child in shown.tree.children(unit) if child in shown.units]
        self._coarse = {unit: _residual(unit, shown) for unit in below}
        self._active = {
            unit: frozenset[int]().union(*(self._writes(part) for part in parts))
            for unit, parts in self._coarse.items()
        }
        self._rest = [self._rest_of(parent, closed) for closed in shown.finer]

    def cuts(self) -> list[Group] | None:
        """Every smallest group that can be told; None if there are too many to count."""
        alone = (
            frozenset(unit for unit, active in self._active.items() if week in active)
            for week, rest in enumerate(self._rest)
            if not rest
        )
        weeks, units = _unions(self._active.values()), _unions(alone)
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
        return max(self._shown.finer[week].cells[unit].contributors for week in weeks)

    def _weeks_minus_units(self, weeks: frozenset[int]) -> Group:
        """Those weeks of the parent, less the coarse units that are silent in all others."""
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
        """Those coarse units, less the weeks in which nobody else of the parent wrote."""
        taken = {
            week
            for week, rest in enumerate(self._rest)
            if not rest and all(week not in self._active[u] for u in self._coarse if u not in units)
        }
        parts = (part for unit in units for part in self._coarse[unit])
        return {part: held for part in parts if (held := self._writes(part) - taken)}

    def _writes(self, unit: str) -> frozenset[int]:
        finer = enumerate(self._shown.finer)
        return frozenset(week for week, closed in finer if not closed.cells[unit].is_empty)

    def _rest_of(self, parent: str, closed: ClosedWindow) -> tuple[str, ...]:
        """What the parent's sum of that week holds beside any published unit."""
        children = self._shown.tree.children(parent)
        fine = [child for child in children if child in closed.released]
        hidden = [child for child in children if child not in {*fine, *self._shown.units}]
        rest = tuple(unit for unit in hidden if not closed.cells[unit].is_empty)
        gone = _gone(parent, closed)
        for unit in fine:
            gone = tuple(all_ - of for all_, of in zip(gone, _gone(unit, closed), strict=True))
        return (*rest, WITHDRAWN) if any(gone) else rest


def _gone(unit: str, closed: ClosedWindow) -> tuple[int, ...]:
    """What was in the published sums of *unit* and is no longer in its cell."""
    then, today = closed.released[unit], closed.cells[unit]
    return (
        then.weight - today.weight,
        then.weighted_micro - today.weighted_micro,
        then.contributors - today.contributors,
    )


def _unions(sets: Iterable[frozenset[T]]) -> frozenset[frozenset[T]] | None:
    """All unions of some of *sets*; None beyond ``MOST_CUTS``."""
    found: set[frozenset[T]] = set()
    for one in sets:
        found |= {one, *(one | other for other in found)}
        if len(found) > MOST_CUTS:
            return None
    return frozenset(found)
