"""What rules may read of one closed window: released sums and published cells, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, select

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence, Window, window_of
from services.alerts import indicators
from services.alerts.indicators import UnitInfo
from services.alerts.tables.released import RELEASED_STATISTIC, WINDOW_SUMMARY

LOOK_BACK: Final = 60
"""Windows that are read: longer than any alert stays open with a frozen baseline before it."""


@dataclass(frozen=True, slots=True)
class Look:
    """A closed window as rules see it.

    Attributes:
        window: Which.
        units: Its tree by id.
        values: Published value by indicator and unit.
        noise: Margin of the noise in each of them; None where none was added.
        statistics: Released sums of this and earlier windows, by unit.
    """

    window: Window
    units: Mapping[str, UnitInfo]
    values: Mapping[tuple[str, str], float]
    noise: Mapping[tuple[str, str], float | None]
    statistics: Mapping[str, list[ReleasedStatistic]]

    @property
    def organisation(self) -> str | None:
        """Id of the whole organisation; None if its tree is not known."""
        return next((unit.id for unit in self.units.values() if unit.parent is None), None)


def look(connection: Connection, cadence: Cadence, window_start: date) -> Look | None:
    """The window; None if it has not closed."""
    quarter = connection.execute(
        select(WINDOW_SUMMARY.c.quarter).where(
            WINDOW_SUMMARY.c.cadence == cadence.value,
            WINDOW_SUMMARY.c.window_start == window_start,
        )
    ).scalar_one_or_none()
    if quarter is None:
        return None
    cells = indicators.cells(connection, cadence, window_start)
    return Look(
        window_of(cadence, window_start),
        {unit.id: unit for unit in indicators.units(connection, quarter)},
        {(cell.indicator, cell.unit): cell.value for cell in cells},
        {(cell.indicator, cell.unit): cell.margin for cell in cells},
        _statistics(connection, cadence, window_start),
    )


def _statistics(
    connection: Connection, cadence: Cadence, until: date
) -> Mapping[str, list[ReleasedStatistic]]:
    start = RELEASED_STATISTIC.c.window_start
    rows = connection.execute(
        select(RELEASED_STATISTIC)
        .where(RELEASED_STATISTIC.c.cadence == cadence.value)
        .where(start <= until, start > until - timedelta(days=LOOK_BACK * cadence.days))
        .order_by(start)
    )
    found: defaultdict[str, list[ReleasedStatistic]] = defaultdict(list)
    for row in rows:
        found[row.unit].append(
            ReleasedStatistic(
                unit=row.unit,
                window=window_of(cadence, row.window_start),
                weight=row.weight,
                weighted_micro=row.weighted_micro,
                contributors=row.contributors,
                n_eff=row.n_eff,
            )
        )
    return found
