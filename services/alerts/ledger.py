"""What was published and decided, in a chain that shows any later change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection, select

from models.climate.disclosure.receipt import canonical, chain_hash
from models.climate.windows import Cadence, Window, window_of
from services.alerts import database
from services.alerts.tables.released import LEDGER, PUBLISHED_CELL, RECEIPT, RELEASED_STATISTIC

GENESIS: Final = "0" * 64
"""What the first entry names as the one before it."""
EntryKind = Literal["window_closed", "budget"]
Fault = Literal["sequence", "chain", "receipt", "statistics", "cells", "unlisted"]


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What a reading of the whole ledger found.

    Attributes:
        entries: How many entries hold together.
        head: Hash of the last of them: compare it with one that was kept elsewhere.
        broken_at: First entry that does not; None where all do.
        fault: What is wrong with it.
    """

    entries: int
    head: str
    broken_at: int | None = None
    fault: Fault | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, dropped or put in."""
        return self.broken_at is None


def _link(previous: str, seq: int, at: str, kind: str, body: str) -> str:
    return chain_hash(previous, f"{seq}\n{at}\n{kind}\n{body}".encode())


def append(connection: Connection, kind: EntryKind, body: Mapping[str, Any], at: datetime) -> str:
    """Add one entry in the caller's transaction; the new head.

    Two writers cannot both follow the same entry: the second breaks the key and rolls back.
    """
    last = select(LEDGER.c.seq, LEDGER.c.hash).order_by(LEDGER.c.seq.desc()).limit(1)
    seq, previous = connection.execute(last).first() or (0, GENESIS)
    moment, text = at.astimezone(UTC).isoformat(), canonical(body).decode("ascii")
    head = _link(previous, seq + 1, moment, kind, text)
    connection.execute(
        LEDGER.insert().values(
            seq=seq + 1, at=moment, kind=kind, body=text, previous=previous, hash=head
        )
    )
    return head


def digest_of_cells(connection: Connection, window: Window) -> str:
    """Hash over every published value of *window*, which its ledger entry holds."""
    cell = PUBLISHED_CELL.c
    found = select(cell.indicator, cell.unit, cell.value, cell.band, cell.margin).where(
        cell.cadence == window.cadence.value, cell.window_start == window.start
    )
    rows = ([*row] for row in connection.execute(found))
    # Without noise as it always was: what was published before there was any must still verify.
    return _digest(sorted(row if row[-1] is not None else row[:-1] for row in rows))


def digest_of_sums(connection: Connection, window: Window) -> str:
    """Hash over the sums that the published values of *window* were made from.

    Of released cells alone: whoever holds these could guess a withheld cell from a hash of all.
    """
    sums = RELEASED_STATISTIC.c
    found = select(
        sums.unit, sums.weight, sums.weighted_micro, sums.contributors, sums.n_eff
    ).where(sums.cadence == window.cadence.value, sums.window_start == window.start)
    return _digest(sorted([*row] for row in connection.execute(found)))


def _digest(rows: list[list[object]]) -> str:
    return sha256(canonical({"rows": rows})).hexdigest()


def verify(place: Connection | str | Path) -> LedgerCheck:
    """Read the ledger from its first entry, and what its receipts vouch for.

    Args:
        place: An open connection, the URL of a database, or the path of a SQLite file; neither
            of the last two needs a running service.
    """
    if isinstance(place, Connection):
        return _verify(place)
    engine = database.open_read_only(place)
    try:
        with database.reading(engine).begin() as connection:
            return _verify(connection)
    finally:
        engine.dispose()


def _verify(connection: Connection) -> LedgerCheck:
    entries, head = 0, GENESIS
    closed: set[tuple[str, date]] = set()
    for row in connection.execute(select(LEDGER).order_by(LEDGER.c.seq)).all():
        fault: Fault | None = None
        if row.seq != entries + 1 or row.previous != head:
            fault = "sequence"
        elif row.hash != _link(row.previous, row.seq, row.at, row.kind, row.body):
            fault = "chain"
        elif row.kind == "window_closed":
            fault = _fault_of_window(connection, json.loads(row.body), closed)
        if fault is not None:
            return LedgerCheck(entries, head, row.seq, fault)
        entries, head = row.seq, row.hash
    for table in (RECEIPT, PUBLISHED_CELL, RELEASED_STATISTIC):
        windows = select(table.c.cadence, table.c.window_start).distinct()
        if not {(cadence, start) for cadence, start in connection.execute(windows)} <= closed:
            return LedgerCheck(entries, head, entries + 1, "unlisted")
    return LedgerCheck(entries, head)


def _fault_of_window(
    connection: Connection, entry: Mapping[str, str], closed: set[tuple[str, date]]
) -> Fault | None:
    """Whether what the entry vouches for stands in the tables as it did; *closed* grows."""
    found = connection.execute(select(RECEIPT).where(RECEIPT.c.id == entry["receipt"])).first()
    if found is None or sha256(found.body.encode()).hexdigest() != found.id:
        return "receipt"
    window = window_of(Cadence(found.cadence), found.window_start)
    closed.add((found.cadence, found.window_start))
    if digest_of_sums(connection, window) != json.loads(found.body)["input"]:
        return "statistics"
    return None if digest_of_cells(connection, window) == entry["cells"] else "cells"
