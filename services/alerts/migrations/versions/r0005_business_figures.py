"""Business figures beside the climate, with every version of each that was imported."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from services.alerts.tables.columns import Instant

revision = "0005"
down_revision = "0004"

SCHEMA = "outcomes"
KEPT = ("outcome_value", "outcome_registration")


def upgrade() -> None:
    """Make the zone; of two of its tables no row is ever changed."""
    if _postgresql():
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    _values()
    _findings()
    _keys()
    _refuse_changes()


def downgrade() -> None:
    """Drop it, with all it holds."""
    if _postgresql():
        op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
        return
    for table in ("outcome_value", "outcome_registration", "outcome_finding", "outcome_key"):
        op.drop_table(table)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _values() -> None:
    op.create_table(
        "outcome_value",
        _key("outcome", sa.String(63)),
        _key("unit", sa.String(63)),
        _key("month", sa.Date()),
        _key("version", sa.Integer()),
        sa.Column("low", sa.Float()),
        sa.Column("high", sa.Float()),
        _needed("people", sa.Integer()),
        sa.Column("events", sa.Integer()),
        _needed("imported_at", Instant()),
        _needed("key_id", sa.String(12)),
        schema=SCHEMA,
    )


def _findings() -> None:
    op.create_table(
        "outcome_registration",
        _key("kind", sa.String(12)),
        _key("id", sa.String(63)),
        _key("digest", sa.String(64)),
        _needed("first_seen", Instant()),
        schema=SCHEMA,
    )
    op.create_table(
        "outcome_finding",
        _key("kind", sa.String(12)),
        _key("id", sa.String(63)),
        _needed("place", sa.Integer()),
        _needed("body", sa.Text()),
        schema=SCHEMA,
    )


def _keys() -> None:
    op.create_table(
        "outcome_key",
        _key("id", sa.String(12)),
        _needed("sha256", sa.String(64)),
        _needed("expires", Instant()),
        _needed("created", Instant()),
        _needed("label", sa.String(80)),
        _needed("revoked", sa.Boolean()),
        schema=SCHEMA,
    )


def _refuse_changes() -> None:
    if _postgresql():
        op.execute(
            f"CREATE FUNCTION {SCHEMA}.refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'imported rows are kept'; END $$"
        )
    for table in KEPT:
        if _postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {SCHEMA}.{table} FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'imported rows are kept'); END"
            )
