"""API keys in the gateway's file: made and revoked by the command line, asked by every request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, Row, insert, select, update

from services.contracts.access import ApiKey, Scope, key_id_of, verify
from services.ingest.gateway_database import API_KEY

REMEMBERED_FOR: Final = timedelta(seconds=5)
"""Longest time that a revoked key still opens the door."""
MOST_REMEMBERED: Final = 1_000


class ApiKeys:
    """The keys in one file; what was read is remembered for a few seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, tuple[datetime, ApiKey]] = {}

    def add(self, key: ApiKey) -> None:
        """Keep *key*; durable on return."""
        row = key.model_dump(mode="json")
        row["scopes"] = " ".join(sorted(key.scopes))
        with self._engine.begin() as connection:
            connection.execute(insert(API_KEY), row)

    def all(self) -> tuple[ApiKey, ...]:
        """Every key, the oldest first, revoked and expired ones too."""
        with self._engine.connect() as connection:
            query = select(API_KEY).order_by(API_KEY.c.created, API_KEY.c.id)
            return tuple(map(_key, connection.execute(query)))

    def revoke(self, key_id: str) -> bool:
        """Close the door to *key_id*; False where there is no such key."""
        query = update(API_KEY).where(API_KEY.c.id == key_id).values(revoked=True)
        self._known.pop(key_id, None)
        with self._engine.begin() as connection:
            return bool(connection.execute(query).rowcount)

    def authenticate(self, token: str, now: datetime) -> ApiKey | None:
        """The key that *token* is the secret of, in force at *now*; None where there is none.

        Args:
            token: What stands after ``Bearer``.
            now: Wall-clock time.
        """
        key_id = key_id_of(token)
        key = self._find(key_id, now) if key_id else None
        return key if key is not None and verify(token, key, now) else None

    def _find(self, key_id: str, now: datetime) -> ApiKey | None:
        read_at, key = self._known.get(key_id, (None, None))
        if read_at is not None and abs(now - read_at) < REMEMBERED_FOR:
            return key
        self._known.pop(key_id, None)
        with self._engine.connect() as connection:
            row = connection.execute(select(API_KEY).where(API_KEY.c.id == key_id)).first()
        if row is None:
            return None
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key_id] = (now, key := _key(row))
        return key


def _key(row: Row[tuple[object, ...]]) -> ApiKey:
    fields = dict(row._mapping)  # noqa: SLF001 - its documented name
    return ApiKey.model_validate(
        {**fields, "scopes": frozenset(map(Scope, fields["scopes"].split()))}
    )
