"""Imported figures in SQL: a corrected value is a new version, and every version stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, select, text

from services.alerts.database import STATEMENT_ROWS
from services.alerts.outcomes.figures import Figure
from services.alerts.tables.outcomes import OUTCOME_VALUE

_LOCK: Final = 0x6261_726F_6F63
"""PostgreSQL's advisory lock of imports: two of the same month must not make the same version."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the figures of one file.

    Attributes:
        new: Months of units that had no value before.
        corrected: Values that differ from the newest version, and are the newest now.
        unchanged: Values that are there already.
    """

    new: int
    corrected: int
    unchanged: int


def store(
    connection: Connection, figures: Sequence[Figure], *, now: datetime, key_id: str
) -> Stored:
    """Keep *figures*; the caller's transaction decides whether all of them or none."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    held = {_key(figure): (version, figure) for version, figure in _newest(connection)}
    rows: list[dict[str, Any]] = []
    corrected = 0
    for figure in figures:
        version, before = held.get(_key(figure), (0, None))
        if figure == before:
            continue
        corrected += before is not None
        rows.append(
            {
                "outcome": figure.outcome,
                "unit": figure.unit,
                "month": figure.month,
                "version": version + 1,
                "low": figure.low,
                "high": figure.high,
                "people": figure.people,
                "events": figure.events,
                "imported_at": now,
                "key_id": key_id,
            }
        )
    for start in range(0, len(rows), STATEMENT_ROWS):
        connection.execute(OUTCOME_VALUE.insert(), rows[start : start + STATEMENT_ROWS])
    return Stored(len(rows) - corrected, corrected, len(figures) - len(rows))


def current(connection: Connection) -> tuple[Figure, ...]:
    """The newest version of every figure, by outcome, unit and month."""
    return tuple(figure for _, figure in _newest(connection))


def _newest(connection: Connection) -> list[tuple[int, Figure]]:
    value = OUTCOME_VALUE.c
    key = value.outcome, value.unit, value.month
    newest = select(*key, func.max(value.version).label("version")).group_by(*key).subquery()
    same = and_(
        value.outcome == newest.c.outcome,
        value.unit == newest.c.unit,
        value.month == newest.c.month,
        value.version == newest.c.version,
    )
    found = select(OUTCOME_VALUE).join(newest, same).order_by(*key)
    return [(row.version, _figure(row)) for row in connection.execute(found)]


def _figure(row: Row[tuple[object, ...]]) -> Figure:
    return Figure(row.outcome, row.unit, row.month, row.low, row.high, row.people, row.events)


def _key(figure: Figure) -> tuple[str, str, date]:
    return figure.outcome, figure.unit, figure.month
