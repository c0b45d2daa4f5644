"""Released statistics of all units side by side, each less everybody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.pace import FOUR_WEEKLY, Pace
from models.climate.detection.pooled_mean import pooled_means
from models.climate.disclosure.released_statistic import MICRO, ReleasedStatistic
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, four_weeks_of

Floats: TypeAlias = NDArray[np.float64]
"""Any shape; the docstrings say which."""
WEEK: Final = timedelta(days=Cadence.WEEK.days)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Arrays of one row a unit and one column a window; a withheld one is a gap in its row.

    Attributes:
        units: Rows: every unit of the tree, in the order of ``UnitTree.top_down``.
        weeks: Columns: Mondays on which the windows begin, from the first of any unit to the
            last, none left out.
        net: Valence of the unit less that of the organisation without it, -2 to 2.  NaN where
            either is withheld, and for the whole organisation, which has no others.
        weight: Sum of the weights of people (``W``); 0 where withheld.
        contributors: People with enough messages (``n``); 0 where withheld.
        n_eff: Effective number of contributors; NaN where withheld.
        pace: How long the windows are, and what of them is a baseline.
    """

    units: tuple[str, ...]
    weeks: tuple[date, ...]
    net: Floats
    weight: Floats
    contributors: Floats
    n_eff: Floats
    pace: Pace


def panel_of(statistics: Sequence[ReleasedStatistic], tree: UnitTree, pace: Pace) -> Panel:
    """Lay released windows out as a panel.

    What everybody else did is taken off each week: news, seasons and holidays move all units
    alike and are no unit's change.  Everybody else is the organisation minus the unit, so that a
    unit is not compared with itself.

    Args:
        statistics: Released windows of units of the tree, in any order.  Without those of the
            whole organisation nothing has a control and all of ``net`` is NaN.
        tree: The organisation.
        pace: Whose cadence the windows have.

    Raises:
        ValueError: there is no statistic, a window has another cadence, a unit is not of the
            tree, or a unit has a window twice.

    Source:
        The rest of the organisation as control: difference in differences, Card & Krueger 1994.
    """
    if not statistics:
        raise ValueError("there is no statistic")
    if any(statistic.window.cadence is not pace.cadence for statistic in statistics):
        raise ValueError("a window has another cadence")
    if not all(statistic.unit in tree for statistic in statistics):
        raise ValueError("a unit is not of the tree")
    if len({(part.unit, part.window) for part in statistics}) < len(statistics):
        raise ValueError("a unit has a window twice")
    units = tree.top_down()
    row_of = {unit: row for row, unit in enumerate(units)}
    starts = [statistic.window.start for statistic in statistics]
    weeks = _mondays(min(starts), max(starts), pace)
    rows = [row_of[statistic.unit] for statistic in statistics]
    columns = [(start - weeks[0]) // (pace.weeks * WEEK) for start in starts]
    shape = (len(units), len(weeks))
    micro, weight = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    contributors, n_eff = np.zeros(shape), np.full(shape, np.nan)
    micro[rows, columns] = [statistic.weighted_micro for statistic in statistics]
    weight[rows, columns] = [statistic.weight for statistic in statistics]
    contributors[rows, columns] = [statistic.contributors for statistic in statistics]
    n_eff[rows, columns] = [statistic.n_eff for statistic in statistics]
    root = row_of[tree.root]
    own = _mean(micro, weight)
    others = _mean(micro[root] - micro, weight[root] - weight)
    return Panel(units, weeks, own - others, weight.astype(np.float64), contributors, n_eff, pace)


def four_weeks_together(weekly: Sequence[ReleasedStatistic]) -> list[ReleasedStatistic]:
    """Four weeks of a unit that were all released, as the one window that they make.

    Their people are hardly others from week to week: the contributors are at least those of the
    largest week, and ``n_eff`` is at least what ``pooled_means`` says.
    """
    by_block: defaultdict[tuple[str, date], list[ReleasedStatistic]] = defaultdict(list)
    for statistic in weekly:
        by_block[statistic.unit, four_weeks_of(statistic.window.start).start].append(statistic)
    return [
        ReleasedStatistic(
            unit=unit,
            window=four_weeks_of(start),
            weight=sum(part.weight for part in parts),
            weighted_micro=sum(part.weighted_micro for part in parts),
            contributors=max(part.contributors for part in parts),
            n_eff=pooled_means(parts)[0].n_eff,
        )
        for (unit, start), parts in by_block.items()
        if len(parts) == FOUR_WEEKLY.weeks
    ]


def _mondays(first: date, last: date, pace: Pace) -> tuple[date, ...]:
    step = pace.weeks * WEEK
    return tuple(first + step * number for number in range((last - first) // step + 1))


def _mean(micro: NDArray[np.int64], weight: NDArray[np.int64]) -> Floats:
    """Valence from sums; NaN where nobody is weighed."""
    mean = np.full(weight.shape, np.nan)
    np.divide(micro, weight * float(MICRO), out=mean, where=weight > 0)
    return mean
