"""Keys that may import business figures: they open nothing else, and no other key opens this."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from services.alerts.tables.outcomes import OUTCOME_KEY
from services.contracts.access import ApiKey, Scope, key_id_of, verify


def add(connection: Connection, key: ApiKey) -> None:
    """Keep *key*, of whose secret only the hash is known."""
    connection.execute(
        OUTCOME_KEY.insert().values(
            id=key.id,
            sha256=key.sha256,
            expires=key.expires,
            created=key.created,
            label=key.label,
            revoked=key.revoked,
        )
    )


def every(connection: Connection) -> tuple[ApiKey, ...]:
    """All keys, the oldest first, revoked and expired ones too."""
    query = select(OUTCOME_KEY).order_by(OUTCOME_KEY.c.created, OUTCOME_KEY.c.id)
    return tuple(map(_key, connection.execute(query)))


def revoke(connection: Connection, key_id: str) -> bool:
    """Close the door to *key_id*; False where there is no such key."""
    query = update(OUTCOME_KEY).where(OUTCOME_KEY.c.id == key_id).values(revoked=True)
    return bool(connection.execute(query).rowcount)


def authenticate(connection: Connection, token: str, now: datetime) -> ApiKey | None:
    """The key that *token* is the secret of, in force at *now*; None where there is none."""
    key_id = key_id_of(token)
    if key_id is None:
        return None
    row = connection.execute(select(OUTCOME_KEY).where(OUTCOME_KEY.c.id == key_id)).first()
    key = _key(row) if row is not None else None
    return key if key is not None and verify(token, key, now) else None


def _key(row: Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        id=row.id,
        sha256=row.sha256,
        scopes=frozenset({Scope.OUTCOMES_WRITE}),
        expires=row.expires,
        created=row.created,
        label=row.label,
        revoked=row.revoked,
    )
