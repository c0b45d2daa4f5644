"""What the days of daily units tell beside coarser sums: no more than weeks do, or nothing at all.

With three cadences a published sum is a sum of residuals of three kinds.  For a day ``d`` and the
lowest unit published on it, ``r(d)``, which still holds everything below that is published by the
week or by the four weeks; and the residuals of those, of which each spans its whole week.  Call
*piece* what lies in the same residuals throughout a week.  In a combination, let ``a(d)`` be the
coefficient of the sum by the day that holds a piece on day ``d``, nought where none was published.
Whatever the coarser coefficients are, they are the same on two days of a week: a piece that is
active on both is in the group on ``d`` and not on ``e`` exactly when ``a(d) - a(e) = 1``.  Then
so is every other piece that is active on both.  Hence, for any group of fewer than ``k`` people:

- where the pieces that are active on both days, or stand in ``r(d)`` alone, have ``k`` people or
  more on ``d``, ``a(d) <= a(e)``, and with them on ``e``, ``a(e) <= a(d)``;
- what stands in ``r(d)`` alone is in the group ``a(d)`` times, so ``a(d)`` is not negative.

If that makes every ``a`` of a unit's pieces nought, its days tell nothing beside coarser sums.  If
it makes those of a whole week equal, they tell what their sum tells, and the unit may be treated as
one by the week.  Otherwise nothing coarser may be published below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.cell import Cell
from models.climate.disclosure.shown import Shown, Week
from models.climate.windows import Cadence

MOST_ROUNDS: Final = 32
"""Rounds in which days are found to tell nothing; what none of them finds is refused."""
Sum = tuple[str | None, int]
"""A unit and a day of it; no unit: nothing was published of that day."""


class Telling(Enum):
    """What the days of one week of a unit tell beside coarser sums below it."""

    NOTHING = auto()
    THE_WEEK = auto()
    TOO_MUCH = auto()


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
    def common(self) -> NDArray[np.int64]:
        """Days x days: people on the first of what is active on the second, the rest apart."""
        return self.people.T @ self.active.astype(np.int64)


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
        self._held: defaultdict[Sum, list[str]] = defaultdict(list)
        for unit, sums in self._in.items():
            for day, of in enumerate(sums):
                self._held[of, day].append(unit)
        self._nought = self._tell_nothing()

    def telling(self, unit: str) -> Telling:
        """What the days of the daily *unit* tell beside what is published below it."""
        active = np.flatnonzero(self._below[unit].active.any(axis=0))
        if all((self._in[unit][day], int(day)) in self._nought for day in active):
            return Telling.NOTHING
        return Telling.THE_WEEK if self._hangs_together(unit) else Telling.TOO_MUCH

    def too_much(self) -> tuple[str, ...]:
        """Daily units below which something has to go.

        Over four weeks only what spans them can go, for the weeks stand: that below the unit, else
        that below all units with which it shares a sum.  Where nothing connected with it spans the
        four weeks nothing new can be had, for its weeks were safe when they were released.
        """
        told = [unit for unit in self._units if self.telling(unit) is Telling.TOO_MUCH]
        if self._shown.window.cadence is Cadence.WEEK:
            return tuple(told)
        group = self._connected()
        spanning = [unit for unit in self._units if self._below[unit].spans_weeks]
        at_fault: set[str] = set()
        for unit in told:
            connected = [one for one in spanning if group[one] == group[unit]]
            at_fault.update([unit] if unit in connected else connected)
        return tuple(unit for unit in spanning if unit in at_fault)

    def _tell_nothing(self) -> frozenset[Sum]:
        """Sums by the day whose coefficient is nought in every group of fewer than k."""
        days = range(len(self._week.days))
        nought: set[Sum] = {(None, day) for day in days}
        for _ in range(MOST_ROUNDS):
            found = {one for one in self._held.keys() - nought if self._is_nought(*one, nought)}
            if not found:
                break
            nought |= found
        return frozenset(nought)

    def _is_nought(self, of: str | None, day: int, nought: set[Sum]) -> bool:
        not_above = 0
        not_below = np.zeros(len(self._week.days), np.int64)
        alone = False
        for unit in self._held[of, day]:
            below = self._below[unit]
            known = np.array([(to, d) in nought for d, to in enumerate(self._in[unit])])
            also = below.active[:, known].any(axis=1)
            not_above += int(below.rest_people[day] + below.people[also, day].sum())
            not_below += np.where(known, below.common[:, day], 0)
            alone = alone or bool(below.rest_active[day])
        return not_above >= self._k and (alone or int(not_below.max()) >= self._k)

    def _hangs_together(self, unit: str) -> bool:
        """Whether all days on which anything was written were published and are as one."""
        below = self._below[unit]
        active = below.rest_active | below.active.any(axis=0)
        for number, day in enumerate(self._week.days):
            for child in self._shown.tree.children(unit):
                if self._shown.plan[child] is Cadence.DAY and not day.cells[child].is_empty:
                    if child not in day.released:
                        return False
                    active[number] = True
            if active[number] and unit not in day.released:
                return False
        common = below.common + np.outer(below.rest_people, below.rest_active)
        both = np.minimum(common, common.T)[np.ix_(active, active)] >= self._k
        np.fill_diagonal(both, val=True)
        return bool(both.all(axis=0).any())

    def _connected(self) -> dict[str, str]:
        """For each unit the one that stands for all with which it shares a sum by the day."""
        group = {unit: unit for unit in self._units}
        for (of, _), units in self._held.items():
            joined = {group[unit] for unit in units}
            if of is not None and len(joined) > 1:
                first = min(joined)
                group |= {unit: first for unit, one in group.items() if one in joined}
        return group
