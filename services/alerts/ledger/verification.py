"""Whether everything that was published stands as it was published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, select

from models.climate.windows import Cadence, window_of
from services.alerts import database
from services.alerts.ledger import chain
from services.alerts.ledger.digests import digest_of_cells, digest_of_sums
from services.alerts.tables.released import LEDGER, PUBLISHED_CELL, RECEIPT, RELEASED_STATISTIC

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
    entries, head = 0, chain.GENESIS
    closed: set[tuple[str, date]] = set()
    for row in connection.execute(select(LEDGER).order_by(LEDGER.c.seq)).all():
        fault: Fault | None = None
        if row.seq != entries + 1 or row.previous != head:
            fault = "sequence"
        elif row.hash != chain.link(row.previous, row.seq, row.at, row.kind, row.body):
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
