"""Counts each message that no window holds once, however often we hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from models.climate.windows import Cadence, Window, four_weeks_of, week_of, window_of
from services.alerts.database import STATEMENT_ROWS, insert
from services.alerts.tables.pseudonymous import GATEWAY, MISSED
from services.alerts.tables.released import LATE, WINDOW_SUMMARY
from services.contracts.settled import SettledV1, Settlement

LOST: Final = frozenset({Settlement.EXPIRED, Settlement.DEAD_LETTER})
"""What the scorer sets aside."""


def miss(
    connection: Connection,
    seqs: Mapping[str, tuple[int, ...]],
    day: date,
    reason: Settlement,
) -> None:
    """Note rows of *day* by spool and place in it, and add the new ones to its windows."""
    new = 0
    rows = [
        {"spool_id": spool, "seq": seq, "day": day, "reason": reason.value}
        for spool, numbers in sorted(seqs.items())
        for seq in numbers
    ]
    for start in range(0, len(rows), STATEMENT_ROWS):
        first = insert(connection, MISSED).values(rows[start : start + STATEMENT_ROWS])
        told = first.on_conflict_do_nothing().returning(MISSED.c.seq)
        new += len(connection.execute(told).all())
    if reason is Settlement.LATE and new:
        windows = [week_of(day), four_weeks_of(day)]
        of_the_day = window_of(Cadence.DAY, day)
        if _has_closed(connection, of_the_day):
            windows.append(of_the_day)
        for window in windows:
            _add_late(connection, window, new)


def _has_closed(connection: Connection, window: Window) -> bool:
    closed = select(WINDOW_SUMMARY.c.quarter).where(
        WINDOW_SUMMARY.c.cadence == window.cadence.value,
        WINDOW_SUMMARY.c.window_start == window.start,
    )
    return connection.execute(closed).first() is not None


def _add_late(connection: Connection, window: Window, count: int) -> None:
    row = {"cadence": window.cadence.value, "window_start": window.start, "count": count}
    added = insert(connection, LATE).values(row)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["cadence", "window_start"],
            set_={"count": LATE.c.count + added.excluded["count"]},
        )
    )


def set_aside(connection: Connection, record: SettledV1) -> None:
    """Note what the scorer could not score, on the day at which its gateway stands.

    A gateway's time is held back by its oldest unsettled message, so that day is at most
    earlier than the message's own.
    """
    stands = select(GATEWAY.c.owes_nothing_until).where(GATEWAY.c.spool_id == record.spool_id)
    until = connection.execute(stands).scalar_one_or_none()
    if until is not None:
        miss(connection, {record.spool_id: record.seqs}, until.date(), record.settlement)


def lost(connection: Connection, window: Window) -> int:
    """Messages of the window's days that were set aside unscored."""
    of_window = select(func.count()).where(
        MISSED.c.reason != Settlement.LATE.value,
        MISSED.c.day >= window.start,
        MISSED.c.day < window.end_exclusive,
    )
    return connection.execute(of_window).scalar_one()
