"""Units side by side at the end of a quarter, and what is said where leaving comes up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.alerts.tables.columns import Instant

revision = "0010"
down_revision = "0009"

SCHEMA = "released"
TABLE = "comparison"
WITH_RULES = (("transition", "rule_uid"), ("alert_state", "rule_uid"),
              ("evaluation", "rule_uid"), ("rule", "uid"))  # fmt: skip


def upgrade() -> None:
    """Add the column, and make the table; the database refuses to change a row of that."""
    op.add_column("alert_state", sa.Column("wave", sa.String(16)), schema=_schema("operations"))
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
    """Drop both, with all they hold, and every rule that the older program cannot read."""
    op.drop_table(TABLE, schema=_schema())
    op.drop_column("alert_state", "wave", schema=_schema("operations"))
    for table, uid in WITH_RULES:
        rows = sa.table(table, sa.column(uid), schema=_schema("operations"))
        op.execute(sa.delete(rows).where(rows.c[uid] == "resignation_wave"))


def _schema(name: str = SCHEMA) -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return name if op.get_bind().dialect.name == "postgresql" else None
