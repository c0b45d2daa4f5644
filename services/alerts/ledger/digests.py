"""Hashes over the rows that a receipt and its ledger entry vouch for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, TypeCoerce, select, type_coerce
from sqlalchemy.types import NullType

from models.climate.disclosure.receipt import canonical
from models.climate.windows import Window
from services.alerts.tables.released import (
    CADENCE,
    PUBLISHED_CELL,
    RELEASED_RATIO,
    RELEASED_REPLIES,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)

_CELL: Final = PUBLISHED_CELL.c
_SUMS: Final = RELEASED_STATISTIC.c
_SUMMARY: Final = WINDOW_SUMMARY.c
_REPLIES: Final = RELEASED_REPLIES.c
_RATIO: Final = RELEASED_RATIO.c
_OLD_SUMS: Final = (
    _SUMS.unit, _SUMS.weight, _SUMS.weighted_micro, _SUMS.contributors, _SUMS.n_eff,
)  # fmt: skip
_CELLS_BY_FORMAT: Final[Mapping[int, Sequence[Column[Any]]]] = {
    1: (_CELL.indicator, _CELL.unit, _CELL.value, _CELL.band),
    2: (
        _CELL.indicator, _CELL.unit, _CELL.value, _CELL.band,
        _CELL.margin, _CELL.window_end, _CELL.published_at, _CELL.receipt_id,
    ),
}  # fmt: skip
_SUMS_BY_FORMAT: Final[Mapping[int, Sequence[Column[Any]]]] = {
    1: _OLD_SUMS,
    2: (*_OLD_SUMS, _SUMS.squares_micro, _SUMS.shares, _SUMS.margin),
}
_OF_SUMMARY: Final = (
    _SUMMARY.window_end, _SUMMARY.quarter, _SUMMARY.published, _SUMMARY.withheld, _SUMMARY.lost,
    _SUMMARY.gateways_left_out, _SUMMARY.closed_at,
)  # fmt: skip


def digest_of_cells(connection: Connection, window: Window, form: int) -> str:
    """Hash over every published value of *window*, which its ledger entry holds.

    Args:
        connection: Where.
        window: When.
        form: Format of its receipt: from 2 on every column counts.
    """
    return _digest(connection, _CELLS_BY_FORMAT[form], window)


def digest_of_sums(connection: Connection, window: Window, form: int, nonce: str) -> str:
    """Hash over the sums that the published values of *window* were made from.

    Readers see this hash, or one that it is part of, and the sums rounded.  Who knows all people
    of a unit but one could try the values of that one until the hash fits: so it holds a number
    that nobody can try, which the ledger entry keeps and readers cannot read.

    Args:
        connection: Where.
        window: When.
        form: Format of its receipt: from 2 on every column and the nonce count.
        nonce: Of its ledger entry.
    """
    return _digest(connection, _SUMS_BY_FORMAT[form], window, nonce if form > 1 else None)


def digest_of_replies(connection: Connection, window: Window) -> str | None:
    """Hash over what was released of the replies of *window*; None where nothing was."""
    columns = _REPLIES.unit, _REPLIES.band, _REPLIES.rest, _REPLIES.replies
    return _digest_if_any(connection, columns, window)


def digest_of_ratios(connection: Connection, window: Window) -> str | None:
    """Hash over what was released of shares of its messages; None where nothing was."""
    columns = _RATIO.indicator, _RATIO.unit, _RATIO.part, _RATIO.whole, _RATIO.band
    return _digest_if_any(connection, columns, window)


def digest_of_summary(connection: Connection, window: Window) -> str:
    """Hash over what is said of *window* as a whole."""
    return _digest(connection, _OF_SUMMARY, window)


def digest_of_plan(connection: Connection, quarter: str) -> str | None:
    """Hash over how often each unit of *quarter* is published; None where no plan is kept."""
    columns = (CADENCE.c.unit, CADENCE.c.cadence)
    found = connection.execute(select(*map(raw, columns)).where(CADENCE.c.quarter == quarter))
    rows = found.all()
    return _hash(rows, None) if rows else None


def raw(column: Column[Any]) -> TypeCoerce[Any]:
    """*column* as the driver gives it: a date that is none can be read, and told apart."""
    return type_coerce(column, NullType())


def spelled(value: object) -> object:
    """A raw value as SQLite spells it, so that both databases have the same hashes."""
    if value is None or isinstance(value, int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


def _digest_if_any(
    connection: Connection, columns: Sequence[Column[Any]], window: Window
) -> str | None:
    table = columns[0].table
    there = select(columns[0]).where(
        table.c.cadence == window.cadence.value, table.c.window_start == window.start
    )
    if connection.execute(there.limit(1)).first() is None:
        return None
    return _digest(connection, columns, window)


def _digest(
    connection: Connection,
    columns: Sequence[Column[Any]],
    window: Window,
    nonce: str | None = None,
) -> str:
    table = columns[0].table
    found = connection.execute(
        select(*map(raw, columns)).where(
            table.c.cadence == window.cadence.value, table.c.window_start == window.start
        )
    )
    return _hash(found, nonce)


def _hash(found: Iterable[Row[Any]], nonce: str | None) -> str:
    rows = [[spelled(value) for value in row] for row in found]
    rows.sort(key=lambda row: [str(value) for value in row])
    hashed = {"rows": rows} if nonce is None else {"nonce": nonce, "rows": rows}
    return sha256(canonical(hashed)).hexdigest()
