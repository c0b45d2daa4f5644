"""The week of a unit by the day: the sum of its days that were shown, and nothing more of valence.

Whoever reads the days can add them up, so their sum tells nothing new; the gate need not know of
it.  A unit by the day has its shares by the week alone: people of a week are not the sum of people
of its days, and both together would tell who said something on one day only.
"""

from __future__ import annotations

from models.climate.disclosure.coarsening import FINE_FROM
from models.climate.disclosure.released_statistic import ReleasedStatistic, statistic_of
from models.climate.disclosure.shown import Shown
from models.climate.disclosure.thresholds import Primary, primary
from models.climate.windows import Cadence


def with_weeks_of_days(shown: Shown, k: int) -> frozenset[str]:
    """The units of a week that are shown, and those by the day whose week stands by itself.

    A unit by the day lies below others by the day alone, so these are the top of the tree.

    Args:
        shown: The window, with what was published of its days; of days and four weeks nothing
            is added.
        k: Fewest contributors of anything that can be known.
    """
    if shown.window.cadence is not Cadence.WEEK:
        return shown.units
    found = set(shown.units)
    for unit in shown.tree.top_down():
        parent = shown.tree.parent(unit)
        if (
            shown.plan[unit] is Cadence.DAY
            and (parent is None or parent in found)
            and primary(shown.cells[unit], k=k) is Primary.PASSES
        ):
            found.add(unit)
    return frozenset(found)


def week_of_days(
    unit: str, shown: Shown, *, shares: tuple[str, ...], tenth: int | None
) -> ReleasedStatistic:
    """The sums of the published days of *unit*, and the *shares* and *tenth* of its whole week.

    It is as certain as its most certain day, and its squares are over people and days, not less
    than over people (Jensen): what the whole week would say of both is no sum of days.  Where its
    days had too few people for fine values and the whole week has enough, it says no valence: a
    week of one day would be that day in finer steps.
    """
    week = statistic_of(
        unit, shown.window, shown.cells[unit], valence=False, shares=shares, tenth=tenth
    )
    days = [closed.released[unit] for closed in shown.finer if unit in closed.released]
    if max((day.contributors for day in days), default=0) < FINE_FROM <= week.contributors:
        return week
    squares = [day.squares_micro for day in days if day.squares_micro is not None]
    return ReleasedStatistic(
        unit=unit,
        window=shown.window,
        weight=sum(day.weight for day in days),
        weighted_micro=sum(day.weighted_micro for day in days),
        contributors=week.contributors,
        n_eff=max((day.n_eff for day in days), default=0.0),
        squares_micro=sum(squares) if len(squares) == len(days) else None,
        shares=week.shares,
        tenth=week.tenth,
    )
