"""Released weekly counts of people with the signal of leaving; published ones alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from models.climate.detection.wave_panel import ReleasedSignal
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window
from models.language.labels import Signal
from services.alerts.ledger.units import tree_in
from services.alerts.rules.released import comparable
from services.alerts.tables.released import PUBLISHED_CELL, WINDOW_SUMMARY

LEAVING: Final = Signal.TURNOVER_INTENT.value


@dataclass(frozen=True, slots=True)
class Signals:
    """What waves are found in.

    Attributes:
        tree: The organisation of the latest week, with headcounts: of small units nothing is said.
        counts: Of its units and weeks whose share is published and that the same models scored.
    """

    tree: UnitTree
    counts: Sequence[ReleasedSignal]


def until(connection: Connection, window: Window) -> Signals | None:
    """Everything up to the last week that has closed in *window*; None where none has."""
    closed = connection.execute(
        select(func.max(WINDOW_SUMMARY.c.window_start))
        .where(WINDOW_SUMMARY.c.cadence == Cadence.WEEK.value)
        .where(WINDOW_SUMMARY.c.window_start >= window.start)
        .where(WINDOW_SUMMARY.c.window_start < window.end_exclusive)
    ).scalar_one_or_none()
    return None if closed is None else _up_to(connection, closed)


def _up_to(connection: Connection, week: date) -> Signals:
    quarter = connection.execute(
        select(WINDOW_SUMMARY.c.quarter)
        .where(WINDOW_SUMMARY.c.cadence == Cadence.WEEK.value)
        .where(WINDOW_SUMMARY.c.window_start == week)
    ).scalar_one()
    tree = tree_in(connection, quarter)
    cell = PUBLISHED_CELL.c
    rows = select(cell.unit, cell.window_start).where(
        cell.indicator == LEAVING, cell.cadence == Cadence.WEEK.value
    )
    published = {tuple(row) for row in connection.execute(rows)}
    return Signals(
        tree,
        [
            ReleasedSignal(one.unit, one.window, one.contributors, one.shares[LEAVING])
            for one in comparable(connection, Cadence.WEEK, week)
            if one.unit in tree
            and LEAVING in one.shares
            and (one.unit, one.window.start) in published
        ],
    )
