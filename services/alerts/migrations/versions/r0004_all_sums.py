"""Released rows hold all that their published values are made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _schema() -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return "released" if op.get_bind().dialect.name == "postgresql" else None


def upgrade() -> None:
    """Rows that are there already are final: of them these are unknown."""
    for column in (sa.Column("squares_micro", sa.BigInteger()), sa.Column("shares", sa.Text())):
        op.add_column("released_statistic", column, schema=_schema())
    # A reading of the whole ledger asks for one window after the other.
    op.create_index(
        "released_statistic_window",
        "released_statistic",
        ["cadence", "window_start"],
        schema=_schema(),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_index("released_statistic_window", "released_statistic", schema=_schema())
    for name in ("shares", "squares_micro"):
        op.drop_column("released_statistic", name, schema=_schema())
