"""The only promise: what is in the spool is owed until it is settled."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol, Self
from uuid import uuid4

from services.contracts.messages import MessageV1
from services.ingest.clock import Clock
from services.ingest.group_commit import Writer

Admitted = tuple[MessageV1, datetime]
"""A message and its event time."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS spool (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, held_until INTEGER NOT NULL, message BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS spool_held_until ON spool (held_until);
CREATE TABLE IF NOT EXISTS identity (one INTEGER PRIMARY KEY CHECK (one = 1), spool_id TEXT);
CREATE TABLE IF NOT EXISTS clock (
  one INTEGER PRIMARY KEY CHECK (one = 1), declared INTEGER, holder TEXT, used INTEGER NOT NULL);
"""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class SpoolFull(Exception):
    """Refuse for now: the spool holds as much as it may."""


class Spool(Protocol):
    """Admitted messages, in order, each kept until settled; and the gateway's clock.

    Attributes:
        spool_id: Name of this spool, for ever; a message is known by it and its ``seq``.
        clock: The gateway's clock.
    """

    spool_id: str
    clock: Clock

    async def append(self, items: Sequence[Admitted]) -> list[int]:
        """Return the ``seq`` of each message once all would survive a power cut.

        Raises:
            SpoolFull: none of them was kept.
            Unavailable: the disk failed; none of them was kept.
        """
        ...

    async def unsent(self, after: int, limit: int) -> list[MessageV1]:
        """The oldest messages with a ``seq`` beyond *after*, stamped, in order."""
        ...

    async def still_owed(self, seqs: Collection[int]) -> list[MessageV1]:
        """Those of *seqs* that are not settled, stamped, in order."""
        ...

    async def settle(self, seqs: Collection[int]) -> int:
        """Forget them and say how many there were; twice, or what never was, changes nothing."""
        ...

    async def oldest_event_time(self) -> datetime | None:
        """The time at which the oldest unsettled message holds the gateway's progress.

        That is its event time; or, for one that came after later progress had been promised, the
        time promised then.  So progress never goes back, and yet never passes a message that the
        rest of the line has not seen.
        """
        ...

    async def settled_below(self) -> int:
        """The lowest ``seq`` that is not settled, or else the next one that will be given."""
        ...

    def promise(self, until: datetime) -> None:
        """Remember that progress up to *until* was published."""
        ...

    async def set_clock(self, clock: Clock) -> None:
        """Keep *clock*, durably."""
        ...

    def held(self) -> int:
        """How many messages are owed."""
        ...

    def newest(self) -> int:
        """The highest ``seq`` ever given, 0 before the first."""
        ...


class SqliteSpool:
    """One file with a write-ahead log, flushed to disk before ``append`` returns."""

    def __init__(self, path: Path, db: sqlite3.Connection, capacity: int) -> None:
        self._capacity = capacity
        self._writer = Writer(db, self._count)
        self._reading = sqlite3.connect(path, check_same_thread=False)
        self._in_use = Lock()
        self._promised = _EPOCH
        self._held = self._newest = 0
        self._count(db)
        ((self.spool_id,),) = db.execute("SELECT spool_id FROM identity")
        ((declared, holder, used),) = db.execute("SELECT declared, holder, used FROM clock")
        at = None if declared is None else _moment(declared)
        self.clock = Clock(at, holder, used=bool(used or self._newest))

    async def __aenter__(self) -> Self:
        """Start writing."""
        await self._writer.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what was asked for, then release the file."""
        await self._writer.__aexit__()
        with self._in_use:
            self._reading.close()

    async def append(self, items: Sequence[Admitted]) -> list[int]:
        """Insert the rows; callers that come together share one flush."""
        rows = [(_micros(at), message.to_bytes()) for message, at in items]

        def insert(db: sqlite3.Connection) -> list[int]:
            if self._held + len(rows) > self._capacity:
                raise SpoolFull
            # In the one transaction of the one writer, numbers can be given without gaps.
            seqs = list(range(self._newest + 1, self._newest + 1 + len(rows)))
            held_from = _micros(self._promised)
            db.executemany(
                "INSERT INTO spool (seq, held_until, message) VALUES (?, ?, ?)",
                [(seq, max(at, held_from), raw) for seq, (at, raw) in zip(seqs, rows, strict=True)],
            )
            self._held += len(rows)
            self._newest += len(rows)
            return seqs

        seqs = await self._writer.run(insert)
        if not self.clock.used:
            self.clock = replace(self.clock, used=True)
        return seqs

    async def unsent(self, after: int, limit: int) -> list[MessageV1]:
        """Read on from *after*."""
        query = "SELECT seq, message FROM spool WHERE seq > ? ORDER BY seq LIMIT ?"
        return self._stamped(await self._read(query, after, limit))

    async def still_owed(self, seqs: Collection[int]) -> list[MessageV1]:
        """Read the rows that are left."""
        query = "SELECT seq, message FROM spool WHERE seq BETWEEN ? AND ? ORDER BY seq"
        wanted = set(seqs)
        if not wanted:
            return []
        rows = await self._read(query, min(wanted), max(wanted))
        return self._stamped([row for row in rows if row[0] in wanted])

    async def settle(self, seqs: Collection[int]) -> int:
        """Delete the rows."""
        gone = [(seq,) for seq in seqs]

        def delete(db: sqlite3.Connection) -> int:
            count = db.executemany("DELETE FROM spool WHERE seq = ?", gone).rowcount
            self._held -= count
            return count

        return await self._writer.run(delete)

    async def oldest_event_time(self) -> datetime | None:
        """Look at the front of the index."""
        ((oldest,),) = await self._read("SELECT min(held_until) FROM spool")
        return None if oldest is None else _moment(oldest)

    async def settled_below(self) -> int:
        """Look at the first row; in one query, for what is being written has a number already."""
        ((lowest, given),) = await self._read(
            "SELECT min(seq), (SELECT seq FROM sqlite_sequence WHERE name = 'spool') FROM spool"
        )
        return int((given or 0) + 1 if lowest is None else lowest)

    def promise(self, until: datetime) -> None:
        """Hold later arrivals at *until*, not before."""
        self._promised = max(self._promised, until)

    async def set_clock(self, clock: Clock) -> None:
        """Write the one row."""
        declared = None if clock.declared is None else _micros(clock.declared)
        values = (declared, clock.holder, clock.used)
        query = "UPDATE clock SET declared = ?, holder = ?, used = ?"
        await self._writer.run(lambda db: db.execute(query, values).rowcount)
        self.clock = clock

    def held(self) -> int:
        """Kept in memory: counting 100,000 rows takes longer than inserting 200."""
        return self._held

    def newest(self) -> int:
        """Kept in memory."""
        return self._newest

    def _count(self, db: sqlite3.Connection) -> None:
        ((self._held,),) = db.execute("SELECT count(*) FROM spool")
        given = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'spool'").fetchone()
        self._newest = given[0] if given else 0

    def _stamped(self, rows: Sequence[tuple[Any, ...]]) -> list[MessageV1]:
        return [
            MessageV1.from_bytes(raw).model_copy(update={"spool_id": self.spool_id, "seq": seq})
            for seq, raw in rows
        ]

    async def _read(self, query: str, *values: int) -> list[tuple[Any, ...]]:
        def rows() -> list[tuple[Any, ...]]:
            # A thread goes on when its caller is cancelled, as all are at the end: the connection
            # must not be closed under it, nor be used by the next one meanwhile.
            with self._in_use:
                return self._reading.execute(query, values).fetchall()

        return await asyncio.to_thread(rows)


def _micros(moment: datetime) -> int:
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000)


@asynccontextmanager
async def open_spool(path: Path, *, capacity: int) -> AsyncIterator[SqliteSpool]:
    """Open the file, or create it and give it a name of its own."""
    path.touch(mode=0o600)  # noqa: ASYNC240  at the start, before anything is served
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.executescript(_SCHEMA)
        # Random, not configured: two gateways that were given one name would settle each other's
        # messages, and a spool that was lost must never be taken for the new one.
        db.execute("INSERT OR IGNORE INTO identity VALUES (1, ?)", (f"gateway-{uuid4().hex[:12]}",))
        db.execute("INSERT OR IGNORE INTO clock VALUES (1, NULL, NULL, 0)")
        async with SqliteSpool(path, db, capacity) as spool:
            yield spool
    finally:
        db.close()
