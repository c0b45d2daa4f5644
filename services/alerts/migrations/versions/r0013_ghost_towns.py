"""In which places people wrote within a block, and which of these could be ghost towns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

C = "pseudonymous"


def upgrade() -> None:
    """Make the tables; of days that have folded before, it is not known who wrote where."""
    op.add_column(
        "folded_day",
        sa.Column("knows_places", sa.Boolean(), nullable=False, server_default=sa.false()),
        schema=_schema(),
    )
    op.create_table(
        "author_place",
        sa.Column("block", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("pid", sa.String(32), primary_key=True),
        sa.Column("place", sa.String(32), primary_key=True),
        schema=_schema(),
    )
    op.create_table(
        "channel_place",
        sa.Column("block", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("spool_id", sa.String(63), primary_key=True),
        sa.Column("place", sa.String(32), primary_key=True),
        schema=_schema(),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("channel_place", schema=_schema())
    op.drop_table("author_place", schema=_schema())
    op.drop_column("folded_day", "knows_places", schema=_schema())


def _schema() -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return C if op.get_bind().dialect.name == "postgresql" else None
