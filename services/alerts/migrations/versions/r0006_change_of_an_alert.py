"""How much a unit of an open alert changed, and the first rule as a kind of condition."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

COLUMNS = (("size", sa.Float()), ("margin", sa.Float()), ("weeks", sa.Integer()),
           ("band", sa.String(16)))  # fmt: skip
OF_A_DROP = ("level", "least_contributors")


def upgrade() -> None:
    """An alert that is open has none until it breaches again."""
    for name, kind in COLUMNS:
        op.add_column("alert_state", sa.Column(name, kind), schema=_schema())
    for uid, version, document in _documents():
        for name in OF_A_DROP:
            document["condition"][name] = document.pop(name)
        _write(uid, version, document)


def downgrade() -> None:
    """Forget it, and every rule that the older program cannot read."""
    for uid, version, document in _documents():
        if document["condition"]["kind"] == "drop":
            for name in OF_A_DROP:
                document[name] = document["condition"].pop(name)
            _write(uid, version, document)
            continue
        for table in ("transition", "alert_state", "evaluation"):
            told = _table(table, "rule_uid", "rule_version")
            op.execute(
                sa.delete(told).where(told.c.rule_uid == uid, told.c.rule_version == version)
            )
        rule = _rule()
        op.execute(sa.delete(rule).where(rule.c.uid == uid, rule.c.version == version))
    for name, _ in COLUMNS:
        op.drop_column("alert_state", name, schema=_schema())


def _schema() -> str | None:
    """SQLite has none, and what alters a table does not know of that."""
    return "operations" if op.get_bind().dialect.name == "postgresql" else None


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns), schema=_schema())


def _rule() -> sa.TableClause:
    return _table("rule", "uid", "version", "document")


def _documents() -> list[tuple[str, int, dict[str, Any]]]:
    rows = op.get_bind().execute(sa.select(_rule()))
    return [(row.uid, row.version, json.loads(row.document)) for row in rows.all()]


def _write(uid: str, version: int, document: dict[str, Any]) -> None:
    rule = _rule()
    op.execute(
        sa.update(rule)
        .where(rule.c.uid == uid, rule.c.version == version)
        .values(document=json.dumps(document, separators=(",", ":")))
    )
