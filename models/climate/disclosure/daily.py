"""What the days of daily units tell beside coarser sums: no more than weeks do, or nothing at all.

With three cadences a published sum is a sum of residuals of three kinds.  For a day ``d`` and the
lowest unit published on it, ``r(d)``, which still holds everything below that is published by the
week or by the four weeks; and the residuals of those, of which each spans its whole week.  Call
*piece* what lies in the same residuals throughout a week.  Any combination multiplies the sum by
the day that holds a piece on day ``d`` by some ``a(d)``, nought where none was published, and
everything coarser that holds the piece in that week by ``b`` altogether.  So what was written in a
piece on ``d`` is in it ``a(d) + b`` times, and what stands in ``r(d)`` alone ``a(d)`` times.

Say ``a(d)`` is not ``a(e)``.  Then of each piece not both ``a(d) + b`` and ``a(e) + b`` are nought:
the combination touches whoever wrote in it on ``d``, or whoever did on ``e``.  It touches at least
the fewer of both, of all pieces together; and of what stands alone the fewer too, or, where
``a(e)`` is nought, all that does so on ``d``.  If that is ``k`` people or more, ``a(d)`` is
``a(e)`` in any combination that touches fewer.  What is the same as a third is the same: days of
units that share a sum are looked at together, until no more are found.

If that makes every ``a`` of a unit's pieces nought, its days tell nothing beside coarser sums.  If
it makes those of a whole week equal, they tell what their sum tells, and the unit may be treated as
one by the week.  Otherwise nothing coarser may be published below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.cell import Cell
from models.climate.disclosure.shown import Shown, Week
from models.climate.windows import Cadence

NOUGHT: Final = 0
"""Number of the sums by the day that tell nothing, and of the days of which none was published."""


class _Below:
    """What lies directly below a daily unit, down to the next daily units.

    Attributes:
        people: Pieces x days, contributors.
        active: Pieces x days, whether anything was written.
        rest_people: By day, contributors of what stands in sums by the day alone.
        rest_active: By day, whether anything of that was written.
        spans_weeks: Whether a piece of four weeks is among them.
    """

    def __init__(self, unit: str, shown: Shown, week: Week) -> None:
        published = shown.units | week.units
        pieces = list(_pieces(unit, shown, published))
        self.people, self.active = _counted(pieces, week)
        children = [c for c in shown.tree.children(unit) if shown.plan[c] is not Cadence.DAY]
        alone = [child for child in children if child not in published]
        rest = alone if shown.tree.children(unit) else [unit]
        people, active = _counted([rest], week)
        self.rest_people, self.rest_active = people[0], active[0]
        self.spans_weeks = shown.window.cadence is Cadence.FOUR_WEEKS and any(
            child in shown.units for child in _published_below(unit, shown, published)
        )

    @property
    def fewer(self) -> NDArray[np.int64]:
        """Days x days: of each piece the fewer people, those of one day or those of the other."""
        found: NDArray[np.int64] = np.minimum(self.people[:, :, None], self.people[:, None, :]).sum(
            axis=0
        )
        return found


def _published_below(unit: str, shown: Shown, published: frozenset[str]) -> Iterator[str]:
    """Units below *unit* that are published by the week or by the four."""
    for child in shown.tree.children(unit):
        if child in published and shown.plan[child] is not Cadence.DAY:
            yield child
            yield from _published_below(child, shown, published)


def _pieces(unit: str, shown: Shown, published: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for child in _published_below(unit, shown, published):
        if parts := shown.residual(child, published):
            yield parts


def _counted(
    pieces: Sequence[Sequence[str]], week: Week
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    shape = len(pieces), len(week.days)
    people, active = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    for row, parts in enumerate(pieces):
        for column, day in enumerate(week.days):
            cells: list[Cell] = [day.cells[part] for part in parts]
            people[row, column] = sum(cell.contributors for cell in cells)
            active[row, column] = any(not cell.is_empty for cell in cells)
    return people, active


class Daily:
    """The daily units of one week, with what is published below them.

    Args:
        shown: What will have been published; it has daily units.
        week: One of its weeks.
        k: Fewest contributors of anything that can be known.
    """

    def __init__(self, shown: Shown, week: Week, k: int) -> None:
        self._shown, self._week, self._k = shown, week, k
        self._units = [u for u in shown.tree.top_down() if shown.plan[u] is Cadence.DAY]
        self._below = {unit: _Below(unit, shown, week) for unit in self._units}
        self._in: dict[str, list[str | None]] = {}
        for unit in self._units:
            parent = shown.tree.parent(unit)
            self._in[unit] = [
                unit if unit in day.released else self._in[parent][d] if parent else None
                for d, day in enumerate(week.days)
            ]
        self._alone = np.array([self._below[unit].rest_people for unit in self._units])
        self._fewer = np.array([self._below[unit].fewer for unit in self._units])
        self._equal = self._found_equal()

    def tells_something(self, unit: str) -> bool:
        """Whether the days of the daily *unit* tell anything beside what is published below it."""
        active = self._below[unit].active.any(axis=0)
        return bool((self._of(unit)[active] != NOUGHT).any())

    def too_much(self) -> tuple[str, ...]:
        """Daily units below which something has to go.

        Over four weeks only what spans them can go, for the weeks stand: that below the unit, else
        that below all units with which it shares a sum.  Where nothing connected with it spans the
        four weeks nothing new can be had, for its weeks were safe when they were released.
        """
        told = [
            unit
            for unit in self._units
            if self.tells_something(unit) and not self._tells_the_week(unit)
        ]
        if self._shown.window.cadence is Cadence.WEEK:
            return tuple(told)
        group = self._connected()
        spanning = [unit for unit in self._units if self._below[unit].spans_weeks]
        at_fault: set[str] = set()
        for unit in told:
            connected = [one for one in spanning if group[one] == group[unit]]
            at_fault.update([unit] if unit in connected else connected)
        return tuple(unit for unit in spanning if unit in at_fault)

    def _found_equal(self) -> NDArray[np.int64]:
        """Units x days: sums by the day of the same number are multiplied by the same.

        Those of ``NOUGHT`` are left out of any combination that touches fewer than k people.
        """
        numbers: dict[tuple[str, int], int] = {}
        for sums in self._in.values():
            for day, of in enumerate(sums):
                if of is not None:
                    numbers.setdefault((of, day), NOUGHT + 1 + len(numbers))
        equal = np.array(
            [
                [
                    NOUGHT if of is None else numbers[of, day]
                    for day, of in enumerate(self._in[unit])
                ]
                for unit in self._units
            ]
        )
        while self._more_equal(equal):
            pass
        return equal

    def _more_equal(self, equal: NDArray[np.int64]) -> bool:
        """Give sums one number that would touch k people or more, were they not the same."""
        found = False
        for row in equal:
            for one, other in combinations(sorted({NOUGHT, *row.tolist()}), 2):
                if self._would_touch(one, other, equal) >= self._k:
                    equal[equal == other] = one
                    found = True
        return found

    def _would_touch(self, one: int, other: int, equal: NDArray[np.int64]) -> int:
        """At least so many people, if *one* were not *other*."""
        rows = (equal == other).any(axis=1)
        of_one, of_other = equal[rows] == one, equal[rows] == other
        both = of_one[:, None, :] & of_other[:, :, None]
        fewer, alone = self._fewer[rows], self._alone[rows]
        if one == NOUGHT:
            stands_alone = (alone * of_other).sum(axis=0)[:, None]
        else:
            stands_alone = (np.minimum(alone[:, :, None], alone[:, None, :]) * both).sum(axis=0)
        return int((stands_alone + (fewer * both).sum(axis=0)).max())

    def _tells_the_week(self, unit: str) -> bool:
        """Whether all days on which anything was written were published and are as one."""
        below = self._below[unit]
        active = below.rest_active | below.active.any(axis=0)
        for number, day in enumerate(self._week.days):
            for child in self._shown.tree.children(unit):
                by_day = self._shown.plan[child] is Cadence.DAY
                if by_day and child not in day.released and not day.cells[child].is_empty:
                    return False
            if active[number] and unit not in day.released:
                return False
        return len(np.unique(self._of(unit)[active])) == 1

    def _of(self, unit: str) -> NDArray[np.int64]:
        numbers: NDArray[np.int64] = self._equal[self._units.index(unit)]
        return numbers

    def _connected(self) -> dict[str, str]:
        """For each unit the one that stands for all with which it shares a sum by the day."""
        held: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for unit, sums in self._in.items():
            for day, of in enumerate(sums):
                if of is not None:
                    held[of, day].append(unit)
        group = {unit: unit for unit in self._units}
        for units in held.values():
            joined = {group[unit] for unit in units}
            if len(joined) > 1:
                first = min(joined)
                group |= {unit: first for unit, one in group.items() if one in joined}
        return group
