"""The chain itself: each entry holds the hash of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, select

from models.climate.disclosure.receipt import canonical, chain_hash
from services.alerts.tables.released import LEDGER

GENESIS: Final = "0" * 64
"""What the first entry names as the one before it."""
EntryKind = Literal["window_closed", "budget", "comparison", "pulse"]


def link(previous: str, seq: int, at: str, kind: str, body: str) -> str:
    """Hash of an entry in its place."""
    return chain_hash(previous, f"{seq}\n{at}\n{kind}\n{body}".encode(errors="surrogateescape"))


def append(connection: Connection, kind: EntryKind, body: Mapping[str, Any], at: datetime) -> str:
    """Add one entry in the caller's transaction; the new head.

    Two writers cannot both follow the same entry: the second breaks the key and rolls back.
    """
    last = select(LEDGER.c.seq, LEDGER.c.hash).order_by(LEDGER.c.seq.desc()).limit(1)
    seq, previous = connection.execute(last).first() or (0, GENESIS)
    moment, text = at.astimezone(UTC).isoformat(), canonical(body).decode("ascii")
    head = link(previous, seq + 1, moment, kind, text)
    connection.execute(
        LEDGER.insert().values(
            seq=seq + 1, at=moment, kind=kind, body=text, previous=previous, hash=head
        )
    )
    return head
