"""Which open scores are in a published hour, and in which of these somebody wrote on a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

C = "pseudonymous"


def upgrade() -> None:
    """Add the columns: of hours that are published already nobody counts as still there."""
    op.add_column(
        "open_score",
        sa.Column("in_pulse", sa.Boolean(), nullable=False, server_default=sa.false()),
        schema=_schema(),
    )
    op.add_column("person_day", sa.Column("in_hours", sa.Integer()), schema=_schema())


def downgrade() -> None:
    """Forget them, and the hour of what is published, which was not kept before."""
    schema = f"{C}." if _schema() else ""
    op.execute(f"UPDATE {schema}open_score SET hour = NULL WHERE in_pulse")  # noqa: S608  no input
    op.drop_column("person_day", "in_hours", schema=_schema())
    op.drop_column("open_score", "in_pulse", schema=_schema())


def _schema() -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return C if op.get_bind().dialect.name == "postgresql" else None
