"""Sums by the week above sums by the four weeks: how many people any difference of them touches.

Below a unit that is published by the week, every published sum is a sum of two kinds of residuals:

- of a unit and one of its own windows, minus its children published in it;
- for a parent by the week and one week: ``r(week)``, the same, which still holds its children by
  the four weeks; for such a child: ``s(unit)``, which spans all four.

The second kind overlaps.  A combination multiplies each ``r(week)`` by some ``c`` and each
``s(unit)`` by some ``d``: what a unit wrote in a week is then in it ``c(week) + d(unit)`` times,
and what only ``r(week)`` holds, its *rest*, ``c(week)`` times.  It touches whatever is in it, more
often than nought times or less.  Let ``W`` be the weeks of which ``c`` is not nought.

- Of each unit it touches either what was written in ``W`` or what was written outside, or more:
  what is left out of both would need ``d = -c`` of a week in ``W``, and ``d = 0``.
- It touches the rest of each week in ``W``.

So it touches at least ``touched(W)``, the people of those rests and, of each unit, the fewer of
those in ``W`` and those outside; and with ``c = 1`` on ``W`` some combination touches no more.  Of
the weeks there are 15 sets, and each is counted in one pass over the units.  Without weeks it is
``s(unit)`` that is touched, which is counted as a residual.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from models.climate.disclosure.shown import Shown, Week, withdrawn
from models.climate.windows import Cadence

Places = NDArray[np.bool_]
Counts = NDArray[np.int64]


class Region:
    """A parent, its weeks, and the units published by the window directly below it.

    Args:
        parent: A unit by the week; or one by the day, whose days tell no more than weeks do.
        shown: The window that is released now: four weeks, or one below days.
        told: The weeks that the parent's sums tell; of the others they tell nothing.
    """

    def __init__(self, parent: str, shown: Shown, told: Collection[int]) -> None:
        self._shown, self._weeks, self._told = shown, shown.weeks(), told
        below = [child for child in shown.tree.children(parent) if child in shown.units]
        for unit in below:  # grows while it is read
            below += [child for child in shown.tree.children(unit) if child in shown.units]
        residuals = [shown.residual(unit, shown.units) for unit in below]
        parts = [part for residual in residuals for part in residual]
        of = np.repeat(np.arange(len(below)), [len(residual) for residual in residuals])
        self._of = of[:, None] == np.arange(len(below))
        self._coarse = self._written(parts)
        hidden = [_hidden(parent, shown, week) for week in self._weeks]
        rest = sorted({unit for units in hidden for unit in units})
        self._rest = self._written(rest)
        self._in_rest = np.array([[unit in units for units in hidden] for unit in rest], np.bool_)
        self._in_rest = self._rest.active & self._in_rest.reshape(len(rest), len(self._weeks))
        self._gone = np.array([any(_gone(parent, shown, week)) for week in self._weeks])

    def touches_few(self, k: int) -> bool:
        """Whether some combination touches somebody and fewer than *k* contributors."""
        choices = [(False, True) if n in self._told else (False,) for n in range(len(self._weeks))]
        sets = np.array([weeks for weeks in product(*choices) if any(weeks)], np.bool_)
        weeks = sets.reshape(-1, 1, len(self._weeks))  # sets, units, weeks
        inside, outside = self._coarse.active & weeks, self._coarse.active & ~weeks
        both = (inside.any(axis=2) @ self._of) & (outside.any(axis=2) @ self._of)
        fewer = np.minimum(
            self._coarse.least(inside) @ self._of, self._coarse.least(outside) @ self._of
        )
        rest = self._in_rest & weeks
        people = fewer.sum(axis=1) + self._rest.least(rest).sum(axis=1)
        gone = (self._gone & weeks).any(axis=(1, 2))
        somebody = both.any(axis=1) | rest.any(axis=(1, 2)) | gone
        return bool((somebody & (people < k)).any())

    def _written(self, units: Sequence[str]) -> _Written:
        shape = len(units), len(self._weeks)
        cells = [week.cells[unit] for unit in units for week in self._weeks]
        return _Written(
            np.array([cell.contributors for cell in cells], np.int64).reshape(shape),
            np.array([not cell.is_empty for cell in cells], np.bool_).reshape(shape),
            np.array([self._shown.cells[unit].contributors for unit in units], np.int64),
        )


class _Written:
    """What some units wrote, week by week.

    Args:
        people: Units x weeks, contributors.
        active: Units x weeks, whether anything was written.
        whole: By unit, contributors of all weeks together.
    """

    def __init__(self, people: Counts, active: Places, whole: Counts) -> None:
        self.active, self._people, self._whole = active, people, whole

    def least(self, held: Places) -> Counts:
        """At least so many people of each unit contribute to the weeks *held*.

        Contributors of several weeks are not counted; those of the fullest are among them.

        Args:
            held: Shape ``(sets, units, weeks)``: of each set of weeks those that are counted.
        """
        fullest = np.where(held, self._people, 0).max(axis=2, initial=0)
        return np.where((held >= self.active).all(axis=2), self._whole, fullest)


def _hidden(parent: str, shown: Shown, week: Week) -> frozenset[str]:
    """Children that the parent's sum of that week holds and that are published nowhere."""
    published = shown.units | week.units
    children = shown.tree.children(parent)
    return frozenset(c for c in children if shown.plan[c] is not Cadence.DAY) - published


def _gone(parent: str, shown: Shown, week: Week) -> tuple[int, int]:
    """What people who withdrew since have in the parent's sum of that week and in no other."""
    weight = weighted_micro = 0
    for unit, sign in ((parent, 1), *((child, -1) for child in shown.tree.children(parent))):
        by_day = shown.plan[unit] is Cadence.DAY
        for published in week.days if by_day else (week,):
            if unit in published.released:
                gone = withdrawn(unit, published)
                weight += sign * gone[0]
                weighted_micro += sign * gone[1]
    return weight, weighted_micro
