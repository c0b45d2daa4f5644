"""The cadence of each unit, once a quarter and final."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

D = "released"


def upgrade() -> None:
    """Make the table, and refuse changes to it as to everything that is final."""
    op.create_table(
        "cadence",
        sa.Column("quarter", sa.String(6), primary_key=True),
        sa.Column("unit", sa.String(63), primary_key=True),
        sa.Column("cadence", sa.String(10), nullable=False),
        schema=D,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER cadence_is_final BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {D}.cadence FOR EACH STATEMENT EXECUTE FUNCTION {D}.refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER cadence_refuses_{verb.lower()} BEFORE {verb} ON cadence "
            "BEGIN SELECT RAISE(ABORT, 'published rows are final'); END"
        )


def downgrade() -> None:
    """Forget it: cadences are planned again."""
    op.drop_table("cadence", schema=D)
