"""How far each spool has settled, so that a repeat is not taken for a late message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _schema() -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return "pseudonymous" if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """Until a gateway says more, it has settled nothing."""
    below = sa.Column("settled_below", sa.BigInteger(), nullable=False, server_default="1")
    op.add_column("gateway", below, schema=_schema())


def downgrade() -> None:
    """Forget it."""
    op.drop_column("gateway", "settled_below", schema=_schema())
