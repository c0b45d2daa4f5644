"""Whether everything that was published stands as it was published."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Table, func, select

from models.climate.disclosure import receipt as receipts
from models.climate.disclosure.receipt import Receipt
from models.climate.windows import Window
from services.alerts import database
from services.alerts.ledger import chain, comparisons, hours
from services.alerts.ledger.digests import (
    digest_of_cells,
    digest_of_plan,
    digest_of_ratios,
    digest_of_replies,
    digest_of_summary,
    digest_of_sums,
    raw,
    spelled,
)
from services.alerts.tables.released import (
    CADENCE,
    LEDGER,
    PUBLISHED_CELL,
    RECEIPT,
    RELEASED_RATIO,
    RELEASED_REPLIES,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)

Fault = Literal[
    "sequence", "chain", "kind", "receipt", "statistics", "cells", "summary", "plan", "comparison",
    "pulse", "unlisted",
]  # fmt: skip


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


@dataclass(slots=True)
class _Listed:
    """What the entries that were read so far vouch for."""

    receipts: set[str] = field(default_factory=set)
    windows: set[tuple[object, object]] = field(default_factory=set)
    planned: set[object] = field(default_factory=set)
    quarters: set[str] = field(default_factory=set)
    hours: set[hours.HourKey] = field(default_factory=set)


def verify(
    place: Connection | str | Path, told: Callable[[int, int], None] | None = None
) -> LedgerCheck:
    """Read the ledger from its first entry, and what its receipts vouch for.

    Args:
        place: An open connection, the URL of a database, or the path of a SQLite file; neither
            of the last two needs a running service.
        told: Called after each entry with how many were read, and of how many.
    """
    if isinstance(place, Connection):
        return _verify(place, told)
    engine = database.open_read_only(place)
    try:
        with database.reading(engine).begin() as connection:
            return _verify(connection, told)
    finally:
        engine.dispose()


def _verify(connection: Connection, told: Callable[[int, int], None] | None) -> LedgerCheck:
    entries, head, listed = 0, chain.GENESIS, _Listed()
    of = connection.execute(select(func.count()).select_from(LEDGER)).scalar_one()
    for row in connection.execute(select(LEDGER).order_by(LEDGER.c.seq)).all():
        fault: Fault | None = None
        if row.seq != entries + 1 or row.previous != head:
            fault = "sequence"
        elif row.hash != chain.link(row.previous, row.seq, row.at, row.kind, row.body):
            fault = "chain"
        else:
            fault = _fault_of_entry(connection, row.kind, row.body, listed)
        if fault is not None:
            return LedgerCheck(entries, head, row.seq, fault)
        entries, head = row.seq, row.hash
        if told is not None:
            told(entries, of)
    if not _all_listed(connection, listed):
        return LedgerCheck(entries, head, entries + 1, "unlisted")
    return LedgerCheck(entries, head)


def _fault_of_entry(connection: Connection, kind: str, body: str, listed: _Listed) -> Fault | None:
    """What is wrong with what a sound entry vouches for; *listed* grows."""
    if kind == "budget":
        return None
    check = _CHECKS.get(kind)
    if check is None:
        return "kind"
    try:
        return check(connection, json.loads(body), listed)
    except (KeyError, TypeError, ValueError):  # chained anew around a body that is none of its kind
        return "kind"


def _fault_of_window(
    connection: Connection, entry: Mapping[str, str], listed: _Listed
) -> Fault | None:
    """Whether what the entry vouches for stands in the tables as it did; *listed* grows."""
    found = sound_receipt(connection, entry["receipt"])
    if found is None or _key(found.window) in listed.windows:
        return "receipt"
    listed.receipts.add(entry["receipt"])
    listed.windows.add(_key(found.window))
    if "plan" in entry:
        if digest_of_plan(connection, found.quarter) != entry["plan"]:
            return "plan"
        listed.planned.add(found.quarter)
    return fault_of(connection, found, entry)


def _fault_of_comparison(
    connection: Connection, entry: Mapping[str, str], listed: _Listed
) -> Literal["comparison"] | None:
    """Whether the comparison of a quarter stands as it was made, once; *listed* grows."""
    if entry["quarter"] in listed.quarters or not comparisons.stands(connection, entry):
        return "comparison"
    listed.quarters.add(entry["quarter"])
    return None


def _fault_of_hour(
    connection: Connection, entry: Mapping[str, Any], listed: _Listed
) -> Literal["pulse"] | None:
    """Whether an hour of the pulse stands as it was released, once; *listed* grows."""
    if hours.key_of(entry) in listed.hours or not hours.stands(connection, entry):
        return "pulse"
    listed.hours.add(hours.key_of(entry))
    return None


_CHECKS: Final[Mapping[str, Callable[[Connection, Mapping[str, Any], _Listed], Fault | None]]] = {
    "window_closed": _fault_of_window,
    "comparison": _fault_of_comparison,
    "pulse": _fault_of_hour,
}
"""What looks at the entries of each kind; those of the budget vouch for no rows."""


def fault_of(
    connection: Connection, receipt: Receipt, entry: Mapping[str, str]
) -> Literal["statistics", "cells", "summary"] | None:
    """What of the rows of the receipt's window is not what it and its ledger entry say."""
    window, form = receipt.window, receipt.format
    if digest_of_sums(connection, window, form, entry.get("nonce", "")) != receipt.input_digest:
        return "statistics"
    beside = digest_of_replies(connection, window), digest_of_ratios(connection, window)
    if beside != (entry.get("replies"), entry.get("ratios")):
        return "statistics"
    if form == 1 and (more := _knows_more(connection, window)):
        return more
    if digest_of_cells(connection, window, form) != entry["cells"]:
        return "cells"
    if form > 1 and digest_of_summary(connection, window) != entry["summary"]:
        return "summary"
    return None


def sound_receipt(connection: Connection, receipt_id: str) -> Receipt | None:
    """The receipt of that id; None where there is none, or it is not what its id says."""
    columns = RECEIPT.c
    found = connection.execute(
        select(columns.body, columns.cadence, raw(columns.window_start)).where(
            columns.id == receipt_id
        )
    ).first()
    if found is None:
        return None
    body, *window = found
    try:
        if sha256(body.encode("ascii")).hexdigest() != receipt_id:
            return None
        receipt = receipts.read(body)
    except ValueError:
        return None
    return receipt if tuple(map(spelled, window)) == _key(receipt.window) else None


def _key(window: Window) -> tuple[object, object]:
    return window.cadence.value, window.start.isoformat()


def _knows_more(connection: Connection, window: Window) -> Literal["statistics", "cells"] | None:
    """Where its rows hold what a receipt of format 1 cannot vouch for."""
    sums, cell = RELEASED_STATISTIC.c, PUBLISHED_CELL.c
    newer = sums.squares_micro.is_not(None) | sums.shares.is_not(None) | sums.margin.is_not(None)
    if _has(connection, RELEASED_STATISTIC, window, newer):
        return "statistics"
    return "cells" if _has(connection, PUBLISHED_CELL, window, cell.margin.is_not(None)) else None


def _has(connection: Connection, table: Table, window: Window, what: ColumnElement[bool]) -> bool:
    """Whether a row of *window* is so."""
    same = (table.c.cadence == window.cadence.value, table.c.window_start == window.start, what)
    return connection.execute(select(table.c.unit).where(*same).limit(1)).first() is not None


def _all_listed(connection: Connection, listed: _Listed) -> bool:
    """Whether no row is there that no entry vouches for."""
    if not set(connection.execute(select(RECEIPT.c.id)).scalars()) <= listed.receipts:
        return False
    for table in (
        PUBLISHED_CELL,
        RELEASED_STATISTIC,
        RELEASED_REPLIES,
        RELEASED_RATIO,
        WINDOW_SUMMARY,
    ):
        windows = select(table.c.cadence, raw(table.c.window_start)).distinct()
        found = {(cadence, spelled(start)) for cadence, start in connection.execute(windows)}
        if not found <= listed.windows:
            return False
    planned = connection.execute(select(raw(CADENCE.c.quarter)).distinct()).scalars()
    compared = comparisons.quarters(connection)
    if not hours.there(connection) <= listed.hours:
        return False
    return set(planned) <= listed.planned and set(compared) <= listed.quarters
