"""How large the noise is that was added to a released value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = ("published_cell", "released_statistic")


def _schema() -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return "released" if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """What was published before had none."""
    for table in TABLES:
        op.add_column(table, sa.Column("margin", sa.Float()), schema=_schema())


def downgrade() -> None:
    """Forget it."""
    for table in TABLES:
        op.drop_column(table, "margin", schema=_schema())
