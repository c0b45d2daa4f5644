"""How large the noise is that was added to a published value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0003"


def _schema() -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return "released" if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """What was published before had none."""
    op.add_column("published_cell", sa.Column("margin", sa.Float()), schema=_schema())


def downgrade() -> None:
    """Forget it."""
    op.drop_column("published_cell", "margin", schema=_schema())
