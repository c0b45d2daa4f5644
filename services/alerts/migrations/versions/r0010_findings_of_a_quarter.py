"""Units side by side at the end of a quarter: made once, and final."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.alerts.tables.columns import Instant

revision = "0010"
down_revision = "0007"

SCHEMA = "released"
TABLE = "comparison"


def upgrade() -> None:
    """Make the table; the database refuses to change a row of it."""
    op.create_table(
        TABLE,
        sa.Column("quarter", sa.String(6), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("computed_at", Instant(), nullable=False),
        schema=_schema(),
    )
    if _schema():
        op.execute(
            f"CREATE TRIGGER {TABLE}_is_final BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {SCHEMA}.{TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_refuses_{verb.lower()} BEFORE {verb} ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'published rows are final'); END"
        )


def downgrade() -> None:
    """Drop it, with all it holds."""
    op.drop_table(TABLE, schema=_schema())


def _schema() -> str | None:
    """SQLite has none."""
    return SCHEMA if op.get_bind().dialect.name == "postgresql" else None
