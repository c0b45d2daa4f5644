"""Zones C and D; the database itself refuses to change what was published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.alerts.tables.columns import Instant

revision = "0001"
down_revision = None

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
C = "pseudonymous"
D = "released"
FINAL = ("published_cell", "released_statistic", "window_summary", "receipt", "ledger")


def upgrade() -> None:
    """Make both zones."""
    if _postgresql():
        for schema in (C, D):
            op.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    _pseudonymous()
    _released()
    _refuse_changes()


def downgrade() -> None:
    """Drop both zones, with all they hold."""
    if _postgresql():
        for schema in (C, D):
            op.execute(f"DROP SCHEMA {schema} CASCADE")
        return
    for table in ("published_cell", "released_statistic", "window_summary", "receipt", "ledger",
                  "late", "unit"):  # fmt: skip
        op.drop_table(table)
    for table in ("open_score", "person_day", "withdrawn", "folded_day", "gateway", "missed",
                  "closer"):  # fmt: skip
        op.drop_table(table)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _pseudonymous() -> None:
    op.create_table(
        "open_score",
        _key("block", sa.Integer()),
        _key("digest", sa.String(32)),
        _needed("version", sa.BigInteger()),
        _needed("kind", sa.String(8)),
        _needed("pid", sa.String(32)),
        _needed("leaf", sa.String(63)),
        _needed("countable", sa.Boolean()),
        _needed("local_day", sa.Date()),
        _needed("after_hours", sa.Boolean()),
        _needed("place", sa.String(32)),
        sa.Column("language", sa.String(2)),
        sa.Column("valence_micro", sa.Integer()),
        _needed("signals", sa.Integer()),
        _needed("drivers", sa.Integer()),
        _needed("model", sa.String(63)),
        _needed("spool_id", sa.String(63)),
        _needed("seq", sa.BigInteger()),
        schema=C,
    )
    op.create_index("open_score_day", "open_score", ["local_day"], schema=C)
    op.create_index("open_score_person", "open_score", ["block", "pid"], schema=C)
    op.create_table(
        "person_day",
        _key("block", sa.Integer()),
        _key("pid", sa.String(32)),
        _key("leaf", sa.String(63)),
        _key("local_day", sa.Date()),
        _needed("messages", sa.Integer()),
        _needed("valence_micro", sa.BigInteger()),
        _needed("signals", sa.JSON()),
        _needed("drivers", sa.JSON()),
        schema=C,
    )
    op.create_index("person_day_day", "person_day", ["local_day"], schema=C)
    op.create_table("withdrawn", _key("block", sa.Integer()), _key("pid", sa.String(32)), schema=C)
    op.create_table(
        "folded_day",
        _key("local_day", sa.Date()),
        _needed("folded_at", Instant()),
        _needed("models", sa.JSON()),
        schema=C,
    )
    op.create_table(
        "gateway",
        _key("spool_id", sa.String(63)),
        _needed("owes_nothing_until", Instant()),
        _needed("said_at", Instant()),
        _needed("lease_until", Instant()),
        schema=C,
    )
    op.create_table(
        "missed",
        _key("spool_id", sa.String(63)),
        _key("seq", sa.BigInteger()),
        _needed("day", sa.Date()),
        _needed("reason", sa.String(12)),
        schema=C,
    )
    closer = op.create_table(
        "closer",
        _key("id", sa.Integer()),
        _needed("holder", sa.String(36)),
        _needed("lease_until", Instant()),
        schema=C,
    )
    # There from the start: a row that does not exist cannot be locked.
    op.bulk_insert(closer, [{"id": 1, "holder": "", "lease_until": LONG_AGO}])


def _released() -> None:
    op.create_table(
        "unit",
        _key("quarter", sa.String(6)),
        _key("id", sa.String(63)),
        sa.Column("parent", sa.String(63)),
        _needed("name_en", sa.String(80)),
        _needed("name_nl", sa.String(80)),
        _needed("name_fr", sa.String(80)),
        _needed("level", sa.Integer()),
        _needed("place", sa.Integer()),
        _needed("eligible", sa.Integer()),
        schema=D,
    )
    op.create_table(
        "receipt",
        _key("id", sa.String(64)),
        _needed("cadence", sa.String(10)),
        _needed("window_start", sa.Date()),
        _needed("body", sa.Text()),
        schema=D,
    )
    op.create_table(
        "published_cell",
        _key("indicator", sa.String(40)),
        _key("unit", sa.String(63)),
        _key("cadence", sa.String(10)),
        _key("window_start", sa.Date()),
        _needed("window_end", sa.Date()),
        _needed("value", sa.Float()),
        _needed("band", sa.String(16)),
        _needed("published_at", Instant()),
        sa.Column("receipt_id", sa.String(64), sa.ForeignKey(f"{D}.receipt.id"), nullable=False),
        schema=D,
    )
    op.create_index(
        "published_cell_window", "published_cell", ["cadence", "window_start"], schema=D
    )
    op.create_table(
        "released_statistic",
        _key("unit", sa.String(63)),
        _key("cadence", sa.String(10)),
        _key("window_start", sa.Date()),
        _needed("weight", sa.BigInteger()),
        _needed("weighted_micro", sa.BigInteger()),
        _needed("contributors", sa.Integer()),
        _needed("n_eff", sa.Float()),
        schema=D,
    )
    op.create_table(
        "window_summary",
        _key("cadence", sa.String(10)),
        _key("window_start", sa.Date()),
        _needed("window_end", sa.Date()),
        _needed("quarter", sa.String(6)),
        _needed("published", sa.Integer()),
        _needed("withheld", sa.Integer()),
        _needed("lost", sa.Integer()),
        _needed("gateways_left_out", sa.Integer()),
        _needed("closed_at", Instant()),
        schema=D,
    )
    op.create_table(
        "late",
        _key("cadence", sa.String(10)),
        _key("window_start", sa.Date()),
        _needed("count", sa.Integer()),
        schema=D,
    )
    op.create_table(
        "ledger",
        _key("seq", sa.Integer()),
        _needed("at", sa.String(32)),
        _needed("kind", sa.String(20)),
        _needed("body", sa.Text()),
        _needed("previous", sa.String(64)),
        _needed("hash", sa.String(64)),
        schema=D,
    )


def _refuse_changes() -> None:
    if _postgresql():
        op.execute(
            f"CREATE FUNCTION {D}.refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'published rows are final'; END $$"
        )
    for table in FINAL:
        if _postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {D}.{table} FOR EACH STATEMENT EXECUTE FUNCTION {D}.refuse()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'published rows are final'); END"
            )
