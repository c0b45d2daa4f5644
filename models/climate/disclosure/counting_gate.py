"""The last check before the door: whatever is had by subtraction touches nobody or enough people.

A reader of all published sums of four weeks can multiply, add and subtract them, nothing else.  A
combination *touches* the people who are left in it, however often or less than nought times: of two
whose sums are in it, one less the other, each learns all of the other.  Of one cadence every
published sum is a sum of residuals, which share nobody: of a unit and a window, minus its published
children.  A combination touches all of a residual or nobody; so each of those is counted.  Sums by
the day are then shown to tell no more than sums by the week or nothing (``daily``), and of sums by
the week and by the four every set of weeks is counted (``differences``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.climate.cell import Cell
from models.climate.disclosure.daily import Daily
from models.climate.disclosure.differences import Region
from models.climate.disclosure.shown import ClosedWindow, Shown
from models.climate.windows import Cadence

__all__ = ["ClosedWindow", "Shown", "exposed", "with_shares"]


def exposed(shown: Shown, k: int) -> tuple[str, ...]:
    """Units below which too much is shown: some combination would touch fewer than *k* people.

    Also a unit that has itself too few, and the parent that a published unit lacks.
    """
    weeks = shown.weeks() if shown.units else ()
    daily = [Daily(shown, week, k) for week in weeks if week.days]
    at_fault = {unit for week in daily for unit in week.too_much()}
    return tuple(
        unit
        for unit in shown.tree.top_down()
        if unit in at_fault or _is_exposed(unit, shown, daily, k)
    )


def with_shares(shown: Shown, k: int) -> frozenset[str]:
    """Published units of whose people shares may be told too.

    Who was counted in one week alone is counted in the four as in that week.  A unit by the day has
    shares by the week even where its days tell nothing: for shares each of its weeks is told.
    """
    weeks = range(len(shown.weeks()))
    few = {
        unit
        for unit in shown.tree.top_down()
        if shown.plan[unit] is Cadence.DAY and shown.window.cadence is Cadence.FOUR_WEEKS
        if Region(unit, shown, weeks).touches_few(k)
    }
    left: set[str] = set()
    for unit in shown.tree.top_down():
        parent = shown.tree.parent(unit)
        below = parent in few or (parent in shown.units and parent not in left)
        if unit in shown.units and not below:
            left.add(unit)
    return frozenset(left)


def _is_exposed(unit: str, shown: Shown, daily: Sequence[Daily], k: int) -> bool:
    if unit in shown.units:
        if shown.plan[unit] is not shown.window.cadence or shown.cells[unit].contributors < k:
            return True
        return _are_too_few(shown.residual(unit, shown.units), shown.cells, k)
    if not any(child in shown.units for child in shown.tree.children(unit)):
        return False
    if not shown.covers(unit):
        return True
    told = list(range(len(shown.weeks())))
    if shown.plan[unit] is Cadence.DAY:
        told = [week for week in told if daily[week].tells_something(unit)]
    return Region(unit, shown, told).touches_few(k)


def _are_too_few(units: Sequence[str], cells: Mapping[str, Cell], k: int) -> bool:
    """Whether they are fewer than *k*, and not nobody."""
    left = [cells[unit] for unit in units]
    somebody = any(not cell.is_empty for cell in left)
    return somebody and sum(cell.contributors for cell in left) < k
