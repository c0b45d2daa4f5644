"""The last check before the door: whatever can be subtracted must be nobody or enough people.

A reader of all published sums of four weeks can add and subtract them, nothing else.  Of one
cadence every published sum is a sum of residuals: of a unit and a window, minus its published
children; so each of those is counted.  Sums by the day are then shown to tell no more than sums by
the week or nothing (``daily``), and of sums by the week and by the four every cut is counted
(``cuts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.climate.cell import Cell
from models.climate.disclosure.cuts import WITHDRAWN, Region, rest
from models.climate.disclosure.daily import Daily, Telling
from models.climate.disclosure.shown import ClosedWindow, Shown, Week
from models.climate.windows import Cadence

__all__ = ["ClosedWindow", "Shown", "exposed"]


def exposed(shown: Shown, k: int) -> tuple[str, ...]:
    """Units below which too much is shown: some sum of fewer than *k* contributors would be known.

    Also a unit that has itself too few, and the parent that a published unit lacks.
    """
    weeks = shown.weeks() if shown.units else ()
    daily = [Daily(shown, week, k) for week in weeks if week.days]
    at_fault = {unit for week in daily for unit in week.too_much()}
    return tuple(
        unit
        for unit in shown.tree.top_down()
        if unit in at_fault or _is_exposed(unit, shown, weeks, daily, k)
    )


def _is_exposed(
    unit: str, shown: Shown, weeks: Sequence[Week], daily: Sequence[Daily], k: int
) -> bool:
    if unit in shown.units:
        if shown.plan[unit] is not shown.window.cadence or shown.cells[unit].contributors < k:
            return True
        return _are_too_few(shown.residual(unit, shown.units), shown.cells, k)
    if not any(child in shown.units for child in shown.tree.children(unit)):
        return False
    if not shown.covers(unit):
        return True
    told = list(range(len(weeks)))
    if shown.plan[unit] is Cadence.DAY:
        told = [week for week in told if daily[week].telling(unit) is Telling.THE_WEEK]
    if shown.window.cadence is Cadence.WEEK:
        return bool(told) and _are_too_few(rest(unit, shown, weeks[0]), shown.cells, k)
    region = Region(unit, shown, told)
    cuts = region.cuts()
    return cuts is None or any(group and region.least(group) < k for group in cuts)


def _are_too_few(units: Sequence[str], cells: Mapping[str, Cell], k: int) -> bool:
    """Whether they are fewer than *k*, and not nobody."""
    left = [cells[unit] for unit in units if unit != WITHDRAWN]
    somebody = WITHDRAWN in units or any(not cell.is_empty for cell in left)
    return somebody and sum(cell.contributors for cell in left) < k
