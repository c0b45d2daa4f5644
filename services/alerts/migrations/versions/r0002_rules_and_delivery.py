"""Rules, their states, and the outbox."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from services.alerts.tables.columns import Instant

revision = "0002"
down_revision = "0001"

SCHEMA = "operations"


def upgrade() -> None:
    """Make the zone of what was told."""
    if _postgresql():
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    _rules()
    _endpoints()
    _outbox()


def downgrade() -> None:
    """Drop it, with all it holds."""
    if _postgresql():
        op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
        return
    for table in ("attempt", "delivery", "notification", "endpoint_secret", "endpoint",
                  "transition", "alert_state", "evaluation", "rule"):  # fmt: skip
        op.drop_table(table)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _needed(name: str, kind: sa.types.TypeEngine[Any], *more: Any) -> sa.Column[Any]:  # noqa: ANN401
    return sa.Column(name, kind, *more, nullable=False)


def _rule_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["rule_uid", "rule_version"], [f"{SCHEMA}.rule.uid", f"{SCHEMA}.rule.version"]
    )


def _rules() -> None:
    op.create_table(
        "rule",
        _key("uid", sa.String(63)),
        _key("version", sa.Integer()),
        _needed("document", sa.Text()),
        _needed("created_at", Instant()),
        schema=SCHEMA,
    )
    op.create_table(
        "evaluation",
        _key("rule_uid", sa.String(63)),
        _key("rule_version", sa.Integer()),
        _key("window_start", sa.Date()),
        _needed("evaluated_at", Instant()),
        _rule_key(),
        schema=SCHEMA,
    )
    op.create_table(
        "alert_state",
        _key("rule_uid", sa.String(63)),
        _key("rule_version", sa.Integer()),
        _key("fingerprint", sa.String(16)),
        _needed("unit", sa.String(63)),
        _needed("phase", sa.String(10)),
        _needed("active_at", sa.Date()),
        sa.Column("recovering_at", sa.Date()),
        sa.Column("held_at", sa.Date()),
        sa.Column("episode", sa.String(32)),
        _needed("shown_start", sa.Date()),
        _rule_key(),
        schema=SCHEMA,
    )
    op.create_table(
        "transition",
        _key("rule_uid", sa.String(63)),
        _key("rule_version", sa.Integer()),
        _key("fingerprint", sa.String(16)),
        _key("window_start", sa.Date()),
        _needed("window_end", sa.Date()),
        _needed("unit", sa.String(63)),
        _needed("kind", sa.String(9)),
        _needed("episode", sa.String(32)),
        _needed("severity", sa.String(8)),
        _needed("at", Instant()),
        schema=SCHEMA,
    )
    op.create_index("transition_episode", "transition", ["episode"], schema=SCHEMA)


def _endpoints() -> None:
    op.create_table(
        "endpoint",
        _key("id", sa.String(32)),
        _needed("url", sa.Text()),
        _needed("locale", sa.String(2)),
        _needed("mode", sa.String(4)),
        _needed("created_at", Instant()),
        sa.Column("verified_at", Instant()),
        sa.Column("disabled_at", Instant()),
        sa.Column("disabled_reason", sa.String(24)),
        schema=SCHEMA,
    )
    of_endpoint = sa.ForeignKey(f"{SCHEMA}.endpoint.id", ondelete="CASCADE")
    op.create_table(
        "endpoint_secret",
        _key("id", sa.String(32)),
        _needed("endpoint_id", sa.String(32), of_endpoint),
        _needed("sealed", sa.LargeBinary()),
        _needed("created_at", Instant()),
        sa.Column("retires_at", Instant()),
        schema=SCHEMA,
    )


def _outbox() -> None:
    op.create_table(
        "notification",
        _key("id", sa.String(40)),
        _needed("group_key", sa.String(64)),
        _needed("sequence", sa.Integer()),
        _needed("kind", sa.String(24)),
        _needed("reason", sa.String(24)),
        _needed("created_at", Instant()),
        schema=SCHEMA,
    )
    op.create_index(
        "notification_group", "notification", ["group_key", "sequence"], unique=True, schema=SCHEMA
    )
    op.create_table(
        "delivery",
        _key("id", sa.String(40)),
        _needed("notification_id", sa.String(40), sa.ForeignKey(f"{SCHEMA}.notification.id")),
        _needed("endpoint_id", sa.String(32)),
        _needed("group_key", sa.String(64)),
        _needed("sequence", sa.Integer()),
        _needed("test", sa.Boolean()),
        _needed("body", sa.LargeBinary()),
        _needed("status", sa.String(10)),
        _needed("attempts", sa.Integer()),
        _needed("created_at", Instant()),
        _needed("expires_at", Instant()),
        _needed("next_attempt_at", Instant()),
        sa.Column("leased_until", Instant()),
        sa.Column("lease_owner", sa.String(40)),
        schema=SCHEMA,
    )
    op.create_index("delivery_due", "delivery", ["status", "next_attempt_at"], schema=SCHEMA)
    op.create_index(
        "delivery_order", "delivery", ["endpoint_id", "group_key", "sequence"], schema=SCHEMA
    )
    op.create_table(
        "attempt",
        _key("id", sa.String(40)),
        _needed("delivery_id", sa.String(40), sa.ForeignKey(f"{SCHEMA}.delivery.id")),
        _needed("number", sa.Integer()),
        _needed("started_at", Instant()),
        _needed("duration_ms", sa.Integer()),
        sa.Column("http_status", sa.Integer()),
        sa.Column("trouble", sa.String(24)),
        _needed("outcome", sa.String(24)),
        schema=SCHEMA,
    )
    op.create_index("attempt_delivery", "attempt", ["delivery_id"], schema=SCHEMA)
