"""The keys of pseudonyms: random, one a four-week block, gone 48 hours after it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from threading import Lock
from typing import Final

from sqlalchemy import Engine, select, update
from sqlalchemy.dialects.sqlite import insert
from typing_extensions import override

from models.climate import windows
from services.ingest.gateway_database import BLOCK_KEY, truncate_log

KEY_BYTES: Final = 32
GRACE: Final = windows.LAST_MIDNIGHT + windows.LATENESS[windows.Cadence.FOUR_WEEKS]
"""How long a block stays open after its last midnight in UTC: 48 hours after its end everywhere."""


def first_open(now: datetime) -> int:
    """The oldest block in which something can still be counted at *now*, the gateway's time.

    A later one is never closed: an import sends a week and then declares that it has passed.
    """
    return windows.block((now - GRACE).astimezone(UTC).date())


def keyed(key: bytes, purpose: str, value: str) -> str:
    """What stands for *value* outside the gateway while the block of *key* is open."""
    return hmac.digest(key, f"{purpose}\0{value}".encode(), hashlib.sha256)[:16].hex()


class BlockKeys:
    """The keys of the open blocks, in memory and in the gateway's file.

    A key is random and never derived from another, so no one can make an erased one again:
    whatever was said under it can no longer be tied to a person, or to the next block.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        with engine.connect() as connection:
            rows = connection.execute(select(BLOCK_KEY.c.block, BLOCK_KEY.c.key))
            self._keys: dict[int, bytes | None] = {row.block: row.key for row in rows}

    @override
    def __repr__(self) -> str:
        """Say how many; never a key."""
        return f"BlockKeys({len(self._keys)})"

    def key(self, block: int, now: datetime) -> bytes | None:
        """The 32 bytes of *block*, made when it has none yet; None when it is closed at *now*."""
        if block < first_open(now):
            return None
        if block in self._keys:
            return self._keys[block]
        with self._lock, self._engine.begin() as connection:
            fresh = {"block": block, "key": secrets.token_bytes(KEY_BYTES)}
            connection.execute(insert(BLOCK_KEY).values(fresh).on_conflict_do_nothing())
            query = select(BLOCK_KEY.c.key).where(BLOCK_KEY.c.block == block)
            key: bytes | None = connection.execute(query).scalar_one()
        self._keys[block] = key
        return key

    def live(self, now: datetime) -> dict[int, bytes]:
        """The keys of the blocks that something was said in and that are open at *now*."""
        first = first_open(now)
        return {b: key for b, key in self._keys.items() if key is not None and b >= first}

    def erase_closed(self, now: datetime) -> int:
        """Destroy the keys of blocks that are over at *now*, the gateway's time; how many."""
        first = first_open(now)
        query = update(BLOCK_KEY).where(BLOCK_KEY.c.block < first, BLOCK_KEY.c.key.is_not(None))
        with self._lock:
            with self._engine.begin() as connection:
                gone = connection.execute(query.values(key=None)).rowcount
            self._keys = {b: None if b < first else key for b, key in self._keys.items()}
        truncate_log(self._engine)
        return gone
