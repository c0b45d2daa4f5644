"""How often people answered at all, while a week is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

SCHEMA = "pseudonymous"
TABLE = "conversation_day"


def upgrade() -> None:
    """Make the table; days that have folded before are not in it."""
    op.create_table(
        TABLE,
        sa.Column("block", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("pid", sa.String(32), primary_key=True),
        sa.Column("leaf", sa.String(63), primary_key=True),
        sa.Column("local_day", sa.Date(), primary_key=True),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("conversation_day_day", TABLE, ["local_day"], schema=SCHEMA)


def downgrade() -> None:
    """Forget it."""
    op.drop_table(TABLE, schema=SCHEMA)
