"""Rules, their states, and the outbox: what was told to whom, and what still must be."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from services.alerts.tables.columns import Instant

METADATA: Final = MetaData(schema="operations")

RULE: Final = Table(
    "rule",
    METADATA,
    Column("uid", String(63), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)
"""Every version that there ever was; the highest one of each uid counts."""

EVALUATION: Final = Table(
    "evaluation",
    METADATA,
    Column("rule_uid", String(63), primary_key=True),
    Column("rule_version", Integer, primary_key=True, autoincrement=False),
    Column("window_start", Date, primary_key=True),
    Column("evaluated_at", Instant, nullable=False),
    ForeignKeyConstraint(["rule_uid", "rule_version"], [RULE.c.uid, RULE.c.version]),
)
"""A window that a rule has seen: it is not seen twice."""

ALERT_STATE: Final = Table(
    "alert_state",
    METADATA,
    Column("rule_uid", String(63), primary_key=True),
    Column("rule_version", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", String(16), primary_key=True),
    Column("unit", String(63), nullable=False),
    Column("phase", String(10), nullable=False),
    Column("active_at", Date, nullable=False),
    Column("recovering_at", Date),
    Column("held_at", Date),
    Column("episode", String(32)),
    Column("shown_start", Date, nullable=False),
    Column("size", Float),
    Column("margin", Float),
    Column("weeks", Integer),
    Column("band", String(16)),
    Column("wave", String(16)),
    ForeignKeyConstraint(["rule_uid", "rule_version"], [RULE.c.uid, RULE.c.version]),
)
"""One row an alert that is not inactive.  ``shown_start``: its latest window with a cell;
``size`` to ``band``: the change where the latest window is a breach, no finer than published;
``wave``: of the rule about leaving, one of two words, or nothing."""

TRANSITION: Final = Table(
    "transition",
    METADATA,
    Column("rule_uid", String(63), primary_key=True),
    Column("rule_version", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", String(16), primary_key=True),
    Column("window_start", Date, primary_key=True),
    Column("window_end", Date, nullable=False),
    Column("unit", String(63), nullable=False),
    Column("kind", String(9), nullable=False),
    Column("episode", String(32), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("at", Instant, nullable=False),
    Index("transition_episode", "episode"),
)
"""What was told of an alert: an episode begins with ``firing`` and ends once."""

ENDPOINT: Final = Table(
    "endpoint",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("locale", String(2), nullable=False),
    Column("mode", String(4), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("verified_at", Instant),
    Column("disabled_at", Instant),
    Column("disabled_reason", String(24)),
)

ENDPOINT_SECRET: Final = Table(
    "endpoint_secret",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column(
        "endpoint_id", String(32), ForeignKey(ENDPOINT.c.id, ondelete="CASCADE"), nullable=False
    ),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retires_at", Instant),
)
"""Encrypted with a key that is not in the database."""

NOTIFICATION: Final = Table(
    "notification",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("group_key", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("notification_group", "group_key", "sequence", unique=True),
)

DELIVERY: Final = Table(
    "delivery",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("notification_id", String(40), ForeignKey(NOTIFICATION.c.id), nullable=False),
    Column("endpoint_id", String(32), nullable=False),
    Column("group_key", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("lease_owner", String(40)),
    Index("delivery_due", "status", "next_attempt_at"),
    Index("delivery_order", "endpoint_id", "group_key", "sequence"),
)
"""The outbox.  ``id`` is the ``webhook-id``; ``body`` the bytes that are signed and sent."""

ATTEMPT: Final = Table(
    "attempt",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("delivery_id", String(40), ForeignKey(DELIVERY.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("http_status", Integer),
    Column("trouble", String(24)),
    Column("outcome", String(24), nullable=False),
    Index("attempt_delivery", "delivery_id"),
)
"""What came of each attempt: classes and a status, never an address or an answer's body."""
