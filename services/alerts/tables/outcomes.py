"""Business figures of units and what was found beside the climate: confidential, of no person."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Date, Float, Integer, MetaData, String, Table, Text

from services.alerts.tables.columns import Instant

METADATA: Final = MetaData(schema="outcomes")

OUTCOME_VALUE: Final = Table(
    "outcome_value",
    METADATA,
    Column("outcome", String(63), primary_key=True),
    Column("unit", String(63), primary_key=True),
    Column("month", Date, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("low", Float),
    Column("high", Float),
    Column("people", Integer, nullable=False),
    Column("events", Integer),
    Column("imported_at", Instant, nullable=False),
    Column("key_id", String(12), nullable=False),
)
"""Every version that there ever was; the highest counts.  ``low`` and ``high`` are equal, the
edges of a band, or both empty: a month that is left blank."""

OUTCOME_REGISTRATION: Final = Table(
    "outcome_registration",
    METADATA,
    Column("kind", String(12), primary_key=True),
    Column("id", String(63), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("first_seen", Instant, nullable=False),
)
"""When an entry of a policy was first in force as it stands; a changed entry is another one."""

OUTCOME_FINDING: Final = Table(
    "outcome_finding",
    METADATA,
    Column("kind", String(12), primary_key=True),
    Column("id", String(63), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("body", Text, nullable=False),
)
"""What readers see of each entry, in the order of the policy; made anew from the other tables."""

OUTCOME_KEY: Final = Table(
    "outcome_key",
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("expires", Instant, nullable=False),
    Column("created", Instant, nullable=False),
    Column("label", String(80), nullable=False),
    Column("revoked", Boolean, nullable=False),
)
"""Keys that may import figures; of each secret its hash alone."""

KEPT: Final = (OUTCOME_VALUE, OUTCOME_REGISTRATION)
"""The database refuses to change or remove a row of these."""
