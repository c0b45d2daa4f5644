"""The keys that seal text: random, one an hour, written by the gateway and read by the scorer."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from typing_extensions import override

from services.contracts.failures import Unavailable

KEY_BYTES: Final = 32
HOUR_S: Final = 3_600

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS text_key (hour INTEGER PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID
"""


def hour_at(moment: datetime) -> int:
    """The hour of *moment*: Unix time divided by 3,600, rounded down."""
    return int(moment.timestamp() // HOUR_S)


class TextKeys:
    """One SQLite file of hourly keys.  A key is never derived, so an erased one cannot come back.

    The file is opened at the first call and again after a failure: the scorer may start
    before the gateway has made the file.

    Args:
        path: The file.
        writable: False for the scorer, whose credentials may only read.
    """

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self._path, self._writable = path, writable
        self._connection: sqlite3.Connection | None = None
        self._lock = Lock()
        self._current: tuple[int, bytes] | None = None

    @override
    def __repr__(self) -> str:
        """Say which file; never a key."""
        return f"TextKeys({str(self._path)!r})"

    def key(self, hour: int) -> bytes | None:
        """The key of *hour*; None when it is erased or was never made.

        Raises:
            Unavailable: the file cannot be read.
        """
        with self._session() as connection:
            row = connection.execute("SELECT key FROM text_key WHERE hour = ?", (hour,)).fetchone()
        return bytes(row[0]) if row else None

    def current(self, now: datetime) -> tuple[int, bytes]:
        """The hour of *now* and its key, made when there is none yet.

        Raises:
            Unavailable: the file cannot be written.
        """
        hour = hour_at(now)
        known = self._current
        if known is not None and known[0] == hour:
            return known
        fresh = secrets.token_bytes(KEY_BYTES)
        with self._session() as connection:
            # Another gateway on the same file may have been first: its key counts.
            connection.execute("INSERT OR IGNORE INTO text_key VALUES (?, ?)", (hour, fresh))
            row = connection.execute("SELECT key FROM text_key WHERE hour = ?", (hour,)).fetchone()
        self._current = (hour, bytes(row[0]))
        return self._current

    def erase_before(self, hour: int) -> int:
        """Destroy every key older than *hour*; how many there were.

        Overwritten in the file (``secure_delete``) and in its write-ahead log (checkpoint).

        Raises:
            Unavailable: the file cannot be written.
        """
        if self._current is not None and self._current[0] < hour:
            self._current = None
        with self._session() as connection:
            gone = connection.execute("DELETE FROM text_key WHERE hour < ?", (hour,)).rowcount
            # Every time: an earlier checkpoint may have been stopped half-way by a reader.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return gone

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._current = None

    @contextmanager
    def _session(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection = self._connection or self._open()
                yield self._connection
            except (sqlite3.Error, OSError):
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
                failed = True
            else:
                failed = False
        if failed:
            raise Unavailable("key_store")

    def _open(self) -> sqlite3.Connection:
        if self._writable:
            self._path.touch(mode=0o600)
        mode = "rw" if self._writable else "ro"
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=5,
        )
        if self._writable:
            for statement in (
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA secure_delete = ON",
                _TABLE,
            ):
                connection.execute(statement).fetchall()
        return connection
