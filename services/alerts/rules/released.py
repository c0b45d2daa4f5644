"""What rules may read of one closed window: released sums and published cells, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, select

from models.climate.detection.panel import four_weeks_together
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, Window, window_of
from services.alerts import indicators
from services.alerts.indicators import PublishedValue, UnitInfo
from services.alerts.ledger import statistics
from services.alerts.tables.released import RECEIPT, RELEASED_STATISTIC, WINDOW_SUMMARY

LOOK_BACK: Final = 104
"""Weeks that are read.  A baseline that an alarm stops lies before the alarm, so that a change
is called one for a year and a half; after that it is what is usual."""


@dataclass(frozen=True, slots=True)
class Look:
    """A closed window as rules see it.

    Attributes:
        window: Which.
        units: Its tree by id.
        values: Published value by indicator and unit.
        statistics: Released sums of this and earlier windows of units of the tree, oldest first;
            those alone that the same models scored, for valences of others do not compare, and
            to which no noise was added, for no threshold is calibrated for that.  Of four weeks
            also those of the whole organisation where it is published by the week: it is what
            units of that cadence are compared with.
    """

    window: Window
    units: Mapping[str, UnitInfo]
    values: Mapping[tuple[str, str], PublishedValue]
    statistics: Sequence[ReleasedStatistic]

    @property
    def tree(self) -> UnitTree:
        """Its tree, without headcounts, which are not for detection."""
        return UnitTree(Unit(unit.id, unit.parent, 0) for unit in self.units.values())


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
    units = {unit.id: unit for unit in indicators.units(connection, quarter)}
    return Look(
        window_of(cadence, window_start),
        units,
        {
            (cell.indicator, cell.unit): cell
            for cell in indicators.cells(connection, cadence, window_start)
        },
        [
            one
            for one in [
                *comparable(connection, cadence, window_start),
                *_whole(connection, cadence, window_start, units),
            ]
            if one.unit in units and one.has_valence and not one.is_noisy
        ],
    )


def _whole(
    connection: Connection, cadence: Cadence, until: date, units: Mapping[str, UnitInfo]
) -> Sequence[ReleasedStatistic]:
    """Four weeks of the whole organisation from its weeks; nothing where they are not both."""
    if cadence is not Cadence.FOUR_WEEKS:
        return ()
    latest = until + timedelta(days=cadence.days - Cadence.WEEK.days)
    weekly = comparable(connection, Cadence.WEEK, latest)
    return four_weeks_together(
        [
            one
            for one in weekly
            if one.has_valence and one.unit in units and units[one.unit].parent is None
        ]
    )


def comparable(
    connection: Connection, cadence: Cadence, until: date
) -> Sequence[ReleasedStatistic]:
    """Released sums of the latest ``LOOK_BACK`` windows that the models of the last one scored.

    Args:
        connection: Where.
        cadence: Length of the windows.
        until: First day of the last one, which has closed.
    """
    models = _models(connection, cadence, until)
    start = RELEASED_STATISTIC.c.window_start
    rows = connection.execute(
        select(RELEASED_STATISTIC)
        .where(RELEASED_STATISTIC.c.cadence == cadence.value)
        .where(start <= until, start > _earliest(until))
        .order_by(start, RELEASED_STATISTIC.c.unit)
    )
    return [
        statistics.of_row(row) for row in rows if models.get(row.window_start) == models.get(until)
    ]


def _models(connection: Connection, cadence: Cadence, until: date) -> Mapping[date, frozenset[str]]:
    """Which language models scored each window."""
    start = RECEIPT.c.window_start
    rows = connection.execute(
        select(start, RECEIPT.c.body)
        .where(RECEIPT.c.cadence == cadence.value)
        .where(start <= until, start > _earliest(until))
    )
    return {row.window_start: frozenset(json.loads(row.body)["models"]) for row in rows}


def _earliest(until: date) -> date:
    """First day of the latest window that is too old."""
    return until - timedelta(weeks=LOOK_BACK)
