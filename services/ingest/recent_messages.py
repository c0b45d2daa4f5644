"""Where was written what lately, as keyed digests: for what names a message and not its author.

A deletion finds the leaf that it counts in, and an answer the leaf that it answers and how soon.
A deletion that overtakes its message is kept for a while, so that the message does not count.

Order on the way in: ``remember`` first, then the spool, then the 202.  After a crash in between the
index knows a message that was never accepted, and deleting it changes nothing; the other way round
a message could count that nobody can take back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from typing_extensions import override

from services.contracts.envelope import Kind
from services.contracts.messages import MessageV1
from services.ingest.feed_event import FeedEvent
from services.ingest.group_commit import Writer

KEPT: Final = timedelta(days=28)
TIME_KEPT: Final = timedelta(days=5)
"""An answer within a day is told apart from a later one.  It may be edited, and the edit counts
until 48 hours after its day has ended everywhere: what it answers must still say when it was."""
KEY_BYTES: Final = 32
EARLY_KEPT: Final = timedelta(days=5)
"""How long a deletion waits for its message: longer than any platform tries to deliver one."""
_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Remembered:
    """Where a message was counted; not whose it was.

    Attributes:
        leaf: Of its author.
        block: Four weeks in which it counts.
        day: Its author's local day.
        at: The minute in which it was written; None once that is too long ago.
    """

    leaf: str
    block: int
    day: date
    at: datetime | None = None


class RecentMessages:
    """The index of 28 days; open it with ``open_recent_messages``."""

    def __init__(self, writer: Writer, reading: sqlite3.Connection) -> None:
        self._writer, self._reading = writer, reading
        ((self._key,),) = reading.execute("SELECT key FROM index_key")

    @override
    def __repr__(self) -> str:
        """Say nothing of the key."""
        return "RecentMessages()"

    async def remember(self, admitted: Iterable[tuple[FeedEvent, MessageV1]]) -> None:
        """Keep where these count; durable on return, and shared with other callers' writes.

        Raises:
            Unavailable: the file cannot be written; nothing was kept.
        """
        rows, minutes = [], []
        for event, message in admitted:
            if message.kind in {Kind.DELETE, Kind.WITHDRAW}:
                continue
            digest = self._digest(event.source, event.source_id)
            rows.append((digest, message.leaf, message.block, message.local_day.isoformat()))
            minutes.append((digest, int(event.at.timestamp()) // _MINUTE))
        if rows:

            def keep(db: sqlite3.Connection) -> None:
                db.executemany("INSERT OR REPLACE INTO recent_message VALUES (?, ?, ?, ?)", rows)
                db.executemany("INSERT OR REPLACE INTO answerable_message VALUES (?, ?)", minutes)

            await self._writer.run(keep)

    def find(self, source: str, source_id: str) -> Remembered | None:
        """Where the message counts; None when it was never accepted, or too long ago."""
        query = (
            "SELECT leaf, block, day, minute FROM recent_message "
            "LEFT JOIN answerable_message USING (message) WHERE message = ?"
        )
        row = self._reading.execute(query, (self._digest(source, source_id),)).fetchone()
        if row is None:
            return None
        leaf, block, day, minute = row
        at = None if minute is None else datetime.fromtimestamp(minute * _MINUTE, UTC)
        return Remembered(leaf, block, date.fromisoformat(day), at)

    async def remember_deleted(self, deletions: Iterable[FeedEvent], now: datetime) -> None:
        """Keep that these were deleted before they came; of several deletions the last version.

        Args:
            deletions: Of messages that ``find`` does not know.
            now: The gateway's time.

        Raises:
            Unavailable: the file cannot be written; nothing was kept.
        """
        minute = int(now.timestamp()) // _MINUTE
        rows = [(self._digest(one.source, one.source_id), one.version, minute) for one in deletions]
        if rows:
            query = (
                "INSERT INTO early_deletion VALUES (?, ?, ?) ON CONFLICT (message) "
                "DO UPDATE SET version = max(version, excluded.version), minute = excluded.minute"
            )
            await self._writer.run(lambda db: db.executemany(query, rows))

    def deleted(self, source: str, source_id: str) -> int | None:
        """The version with which the message was deleted before it came; None if it was not."""
        query = "SELECT version FROM early_deletion WHERE message = ?"
        row = self._reading.execute(query, (self._digest(source, source_id),)).fetchone()
        return None if row is None else int(row[0])

    async def prune(self, now: datetime) -> int:
        """Forget what is older than 28 days at *now*, the gateway's time; how many.

        Of what is older than five days the time is forgotten, and the rest stays; deletions that
        have waited as long go.
        """
        horizon = ((now - KEPT).date().isoformat(),)
        minute = (int((now - TIME_KEPT).timestamp()) // _MINUTE,)
        early = (int((now - EARLY_KEPT).timestamp()) // _MINUTE,)

        def forget(db: sqlite3.Connection) -> int:
            db.execute("DELETE FROM answerable_message WHERE minute < ?", minute)
            db.execute("DELETE FROM early_deletion WHERE minute < ?", early)
            return db.execute("DELETE FROM recent_message WHERE day < ?", horizon).rowcount

        return await self._writer.run(forget)

    def _digest(self, source: str, source_id: str) -> bytes:
        value = f"{source}\0{source_id}".encode()
        return hmac.digest(self._key, value, hashlib.sha256)[:16]


@asynccontextmanager
async def open_recent_messages(path: Path) -> AsyncIterator[RecentMessages]:
    """The index in the gateway's file *path*, whose tables ``open_gateway_database`` has made."""
    writing = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    reading = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        writing.execute("PRAGMA synchronous = FULL")
        writing.execute("PRAGMA secure_delete = ON")
        fresh = secrets.token_bytes(KEY_BYTES)
        writing.execute("INSERT OR IGNORE INTO index_key VALUES (1, ?)", (fresh,))
        async with Writer(writing, lambda _: None) as writer:
            yield RecentMessages(writer, reading)
    finally:
        reading.close()
        writing.close()
