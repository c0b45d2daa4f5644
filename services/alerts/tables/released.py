"""Zone D in SQL: anonymous, and never restated."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from services.alerts.tables.columns import Instant

METADATA: Final = MetaData(schema="released")

UNIT: Final = Table(
    "unit",
    METADATA,
    Column("quarter", String(6), primary_key=True),
    Column("id", String(63), primary_key=True),
    Column("parent", String(63)),
    Column("name_en", String(80), nullable=False),
    Column("name_nl", String(80), nullable=False),
    Column("name_fr", String(80), nullable=False),
    Column("level", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("eligible", Integer, nullable=False),
)
"""A quarter's tree.  ``place`` keeps the order of the directory, parents first."""

RECEIPT: Final = Table(
    "receipt",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("cadence", String(10), nullable=False),
    Column("window_start", Date, nullable=False),
    Column("body", Text, nullable=False),
)
"""What was decided for one window, as counts; its id is the hash of its body."""

PUBLISHED_CELL: Final = Table(
    "published_cell",
    METADATA,
    Column("indicator", String(40), primary_key=True),
    Column("unit", String(63), primary_key=True),
    Column("cadence", String(10), primary_key=True),
    Column("window_start", Date, primary_key=True),
    Column("window_end", Date, nullable=False),
    Column("value", Float, nullable=False),
    Column("band", String(16), nullable=False),
    Column("margin", Float),
    Column("published_at", Instant, nullable=False),
    Column("receipt_id", String(64), ForeignKey(RECEIPT.c.id), nullable=False),
    Index("published_cell_window", "cadence", "window_start"),
)
"""``margin``: nine in ten values lie so near to what they were before noise; null without noise."""

RELEASED_STATISTIC: Final = Table(
    "released_statistic",
    METADATA,
    Column("unit", String(63), primary_key=True),
    Column("cadence", String(10), primary_key=True),
    Column("window_start", Date, primary_key=True),
    Column("weight", BigInteger, nullable=False),
    Column("weighted_micro", BigInteger, nullable=False),
    Column("contributors", Integer, nullable=False),
    Column("n_eff", Float, nullable=False),
    Column("squares_micro", BigInteger),
    Column("shares", Text),
    Column("margin", Float),
    Index("released_statistic_window", "cadence", "window_start"),
)
"""Sums of released cells alone: all that their published values are made from.

``shares`` is canonical JSON, contributors by indicator, and the tenth of participation.
It and the squares are NULL in rows that are older than they, ``margin`` without noise."""

RELEASED_REPLIES: Final = Table(
    "released_replies",
    METADATA,
    Column("unit", String(63), primary_key=True),
    Column("cadence", String(10), primary_key=True),
    Column("window_start", Date, primary_key=True),
    Column("band", String(16), nullable=False),
    Column("rest", BigInteger, nullable=False),
    Column("replies", Text, nullable=False),
    Index("released_replies_window", "cadence", "window_start"),
)
"""What may be known of a week of replies: all that the figures of replies are made from.

``replies`` is canonical JSON, replies by answered unit, of shown cells alone; ``rest`` is all other
replies of the unit's people; ``band`` is how many of them contributed, roughly."""

RELEASED_RATIO: Final = Table(
    "released_ratio",
    METADATA,
    Column("indicator", String(63), primary_key=True),
    Column("unit", String(63), primary_key=True),
    Column("cadence", String(10), primary_key=True),
    Column("window_start", Date, primary_key=True),
    Column("part", BigInteger, nullable=False),
    Column("whole", BigInteger, nullable=False),
    Column("band", String(16), nullable=False),
    Index("released_ratio_window", "cadence", "window_start"),
)
"""What may be known of shares of messages of the whole organisation.

``band`` is how many people contributed to the window, roughly."""

RELEASED_PULSE: Final = Table(
    "released_pulse",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("weight", BigInteger, nullable=False),
    Column("weighted_micro", BigInteger, nullable=False),
    Column("band", String(16), nullable=False),
)
"""Sums of the hours of UTC that are published, of the whole organisation: what each value is made
from.  ``band`` is how many people contributed, roughly."""

PUBLISHED_PULSE: Final = Table(
    "published_pulse",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("unit", String(63), nullable=False),
    Column("value", Float, nullable=False),
    Column("band", String(16), nullable=False),
    Column("published_at", Instant, nullable=False),
)
"""The pulse as readers see it.  An hour that is kept back, silent or unknown has no row."""

WINDOW_SUMMARY: Final = Table(
    "window_summary",
    METADATA,
    Column("cadence", String(10), primary_key=True),
    Column("window_start", Date, primary_key=True),
    Column("window_end", Date, nullable=False),
    Column("quarter", String(6), nullable=False),
    Column("published", Integer, nullable=False),
    Column("withheld", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("gateways_left_out", Integer, nullable=False),
    Column("closed_at", Instant, nullable=False),
)
"""A window is closed when this row exists: every figure is of the whole organisation."""

CADENCE: Final = Table(
    "cadence",
    METADATA,
    Column("quarter", String(6), primary_key=True),
    Column("unit", String(63), primary_key=True),
    Column("cadence", String(10), nullable=False),
)
"""How often each unit of a quarter's tree is published; kept with the quarter's first window."""

LATE: Final = Table(
    "late",
    METADATA,
    Column("cadence", String(10), primary_key=True),
    Column("window_start", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""Messages that came when their window no longer took any; the only figure that still grows."""

LEDGER: Final = Table(
    "ledger",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Each entry holds the hash of the one before: nothing can be changed or dropped in between."""

COMPARISON: Final = Table(
    "comparison",
    METADATA,
    Column("quarter", String(6), primary_key=True),
    Column("body", Text, nullable=False),
    Column("computed_at", Instant, nullable=False),
)
"""Units side by side at the end of a quarter, as readers see it: made once."""

FINAL: Final = (
    PUBLISHED_CELL,
    RELEASED_STATISTIC,
    RELEASED_REPLIES,
    RELEASED_RATIO,
    RELEASED_PULSE,
    PUBLISHED_PULSE,
    WINDOW_SUMMARY,
    RECEIPT,
    LEDGER,
    CADENCE,
    COMPARISON,
)
"""The database refuses to change or remove a row of these."""
