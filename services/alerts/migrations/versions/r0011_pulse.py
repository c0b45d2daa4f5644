"""The hour of open scores, how far the pulse is decided, and the hours that are released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.alerts.tables.columns import Instant

revision = "0011"
down_revision = "0010"

C = "pseudonymous"
D = "released"
FINAL = ("released_pulse", "published_pulse")


def upgrade() -> None:
    """Add the columns, and make the tables; the database refuses to change a row of these."""
    op.add_column("open_score", sa.Column("hour", sa.Integer()), schema=_schema(C))
    op.add_column("closer", sa.Column("pulsed_until", Instant()), schema=_schema(C))
    op.create_table(
        "released_pulse",
        *_key(),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("weighted_micro", sa.BigInteger(), nullable=False),
        sa.Column("band", sa.String(16), nullable=False),
        schema=_schema(D),
    )
    op.create_table(
        "published_pulse",
        *_key(),
        sa.Column("unit", sa.String(63), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("band", sa.String(16), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        schema=_schema(D),
    )
    for table in FINAL:
        _guard(table)


def downgrade() -> None:
    """Drop all of it, with all it holds."""
    for table in FINAL:
        op.drop_table(table, schema=_schema(D))
    op.drop_column("closer", "pulsed_until", schema=_schema(C))
    op.drop_column("open_score", "hour", schema=_schema(C))


def _key() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("hour", sa.Integer(), primary_key=True, autoincrement=False),
    )


def _guard(table: str) -> None:
    if _schema(D):
        op.execute(
            f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {D}.{table} FOR EACH STATEMENT EXECUTE FUNCTION {D}.refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'published rows are final'); END"
        )


def _schema(name: str) -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return name if op.get_bind().dialect.name == "postgresql" else None
