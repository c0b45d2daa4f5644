"""What is kept beside the sums of a day, only until the window that it is for has closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, select

from models.climate.windows import Cadence, Window, block
from services.alerts.tables.pseudonymous import DETAILS, OF_BLOCK


def within(table: Table, window: Window) -> ColumnElement[bool]:
    """That a row of *table* is of a day of *window*."""
    day = table.c.local_day
    return and_(day >= window.start, day < window.end_exclusive)


def by_person(
    connection: Connection, table: Table, window: Window, leaves: frozenset[str]
) -> Iterator[list[Row[Any]]]:
    """The rows of *window* of each person, those of days on which they were in one of *leaves*."""
    people: defaultdict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(table).where(within(table, window))):
        if row.leaf in leaves:
            people[row.block, row.pid].append(row)
    yield from people.values()


def forget(connection: Connection, window: Window) -> None:
    """Remove all of it of *window*, which has closed."""
    for table in DETAILS:
        connection.execute(delete(table).where(within(table, window)))
    if window.cadence is Cadence.FOUR_WEEKS:
        for table in OF_BLOCK:
            connection.execute(delete(table).where(table.c.block == block(window.start)))
