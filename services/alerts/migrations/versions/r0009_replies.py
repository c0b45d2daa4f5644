"""Replies, languages and hours of writing: sums while a window is open, and what is known."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

C = "pseudonymous"
D = "released"


def upgrade() -> None:
    """Rows that are there already answered nobody that we know of."""
    op.add_column("open_score", sa.Column("other_leaf", sa.String(63)), schema=_altered())
    op.add_column("open_score", sa.Column("answer_bucket", sa.Integer()), schema=_altered())
    op.add_column("person_day", sa.Column("after_hours", sa.Integer()), schema=_altered())
    op.create_table(
        "reply_day",
        _key("block", sa.Integer()),
        _key("pid", sa.String(32)),
        _key("local_day", sa.Date()),
        _key("other_leaf", sa.String(63)),
        _needed("replies", sa.Integer()),
        schema=C,
    )
    op.create_index("reply_day_day", "reply_day", ["local_day"], schema=C)
    op.create_table(
        "released_replies",
        _key("unit", sa.String(63)),
        _key("cadence", sa.String(10)),
        _key("window_start", sa.Date()),
        _needed("band", sa.String(16)),
        _needed("rest", sa.BigInteger()),
        _needed("replies", sa.Text()),
        schema=D,
    )
    op.create_index(
        "released_replies_window", "released_replies", ["cadence", "window_start"], schema=D
    )
    op.create_table(
        "language_day",
        _key("block", sa.Integer()),
        _key("pid", sa.String(32)),
        _key("leaf", sa.String(63)),
        _key("local_day", sa.Date()),
        _key("language", sa.String(2)),
        _needed("messages", sa.Integer()),
        schema=C,
    )
    op.create_index("language_day_day", "language_day", ["local_day"], schema=C)
    op.create_table(
        "answer_day",
        _key("block", sa.Integer()),
        _key("pid", sa.String(32)),
        _key("leaf", sa.String(63)),
        _key("local_day", sa.Date()),
        _key("within", sa.Integer()),
        _needed("answers", sa.Integer()),
        schema=C,
    )
    op.create_index("answer_day_day", "answer_day", ["local_day"], schema=C)
    op.create_table(
        "released_ratio",
        _key("indicator", sa.String(63)),
        _key("unit", sa.String(63)),
        _key("cadence", sa.String(10)),
        _key("window_start", sa.Date()),
        _needed("part", sa.BigInteger()),
        _needed("whole", sa.BigInteger()),
        _needed("band", sa.String(16)),
        schema=D,
    )
    op.create_index(
        "released_ratio_window", "released_ratio", ["cadence", "window_start"], schema=D
    )
    for table in ("released_replies", "released_ratio"):
        _refuse_changes(table)


def downgrade() -> None:
    """Forget them."""
    op.drop_table("released_ratio", schema=D)
    op.drop_table("answer_day", schema=C)
    op.drop_table("language_day", schema=C)
    op.drop_table("released_replies", schema=D)
    op.drop_table("reply_day", schema=C)
    op.drop_column("person_day", "after_hours", schema=_altered())
    op.drop_column("open_score", "answer_bucket", schema=_altered())
    op.drop_column("open_score", "other_leaf", schema=_altered())


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _altered() -> str | None:
    """SQLite has no schema, and what alters a table does not know of that."""
    return C if _postgresql() else None


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _refuse_changes(table: str) -> None:
    if _postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {D}.{table} FOR EACH STATEMENT EXECUTE FUNCTION {D}.refuse()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON "
            f"{table} BEGIN SELECT RAISE(ABORT, 'published rows are final'); END"
        )
