"""Everything that will have been published of one window, as a reader could lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.climate.cell import Cell
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window


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
class Week:
    """One week of the window that is released now, or the window itself.

    Attributes:
        cells: Cells of all units.
        units: Units that are published by the week in it.
        released: Those of them that are published already, as it was then.
        days: Its days; none where no unit is published by the day.
    """

    cells: Mapping[str, Cell]
    units: frozenset[str]
    released: Mapping[str, ReleasedStatistic]
    days: tuple[ClosedWindow, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that will have been published of one window.

    Attributes:
        tree: The organisation.
        plan: The cadence of each unit.
        window: The window that is released now.
        cells: Cells of all units in it.
        units: Units that it would publish.
        finer: The finer windows that it consists of: of each finer cadence all or none.
    """

    tree: UnitTree
    plan: Mapping[str, Cadence]
    window: Window
    cells: Mapping[str, Cell]
    units: frozenset[str]
    finer: Sequence[ClosedWindow] = ()

    def covers(self, parent: str) -> bool:
        """Whether something below *parent* may be published in this window.

        A parent of the same cadence has to be published in it, one by the week in every week of
        the four: otherwise what the parent lacks could be had from its own parent minus the rest.
        What the days of a daily parent tell is counted by themselves; they have to be known.
        """
        cadence = self.plan[parent]
        if cadence is self.window.cadence:
            return parent in self.units
        weeks = self.weeks()
        if cadence is Cadence.DAY:
            return bool(weeks) and all(week.days for week in weeks)
        return bool(weeks) and all(parent in week.released for week in weeks)

    def stands_alone(self, unit: str) -> bool:
        """Whether *unit* is shown and nothing above it: no other sum of this window holds it.

        Its parent may be missing while one further up is shown, where those are by the day.
        """
        above = self.tree.parent(unit)
        while above is not None and above not in self.units:
            above = self.tree.parent(above)
        return unit in self.units and above is None

    def weeks(self) -> tuple[Week, ...]:
        """The weeks of four, or the week itself; none of a day."""
        days = [closed for closed in self.finer if closed.window.cadence is Cadence.DAY]
        if self.window.cadence is Cadence.WEEK:
            return (Week(self.cells, self.units, {}, tuple(days)),)
        return tuple(
            Week(
                closed.cells,
                frozenset(closed.released),
                closed.released,
                tuple(day for day in days if closed.window.holds(day.window.start)),
            )
            for closed in self.finer
            if closed.window.cadence is Cadence.WEEK
        )

    def residual(self, unit: str, units: frozenset[str]) -> tuple[str, ...]:
        """Units that are left of *unit* when those of its children that are in *units* go."""
        children = self.tree.children(unit)
        return tuple(child for child in children if child not in units) if children else (unit,)


def withdrawn(unit: str, published: ClosedWindow | Week) -> tuple[int, int]:
    """Weight and weighted sum in the published sums of *unit* that its cell no longer holds."""
    then, today = published.released[unit], published.cells[unit]
    return then.weight - today.weight, then.weighted_micro - today.weighted_micro
