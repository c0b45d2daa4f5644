"""Zone C in SQL: pseudonymous, and empty of a block once the block has closed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    false,
)

from services.alerts.tables.columns import Instant

METADATA: Final = MetaData(schema="pseudonymous")

OPEN_SCORE: Final = Table(
    "open_score",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(32), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("pid", String(32), nullable=False),
    Column("leaf", String(63), nullable=False),
    Column("countable", Boolean, nullable=False),
    Column("local_day", Date, nullable=False),
    Column("after_hours", Boolean, nullable=False),
    Column("place", String(32), nullable=False),
    Column("other_leaf", String(63)),
    Column("answer_bucket", Integer),
    Column("hour", Integer),
    Column("in_pulse", Boolean, nullable=False, server_default=false()),
    Column("language", String(2)),
    Column("valence_micro", Integer),
    Column("signals", Integer, nullable=False),
    Column("drivers", Integer, nullable=False),
    Column("model", String(63), nullable=False),
    Column("spool_id", String(63), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Index("open_score_day", "local_day"),
    Index("open_score_person", "block", "pid"),
)
"""One row a message of a day that has not folded; no value: deleted, or nothing to score.

``other_leaf`` is the leaf of the people whom a reply answers; never who they are.
``answer_bucket`` is a value of ``AnsweredWithin``.
``hour`` is NULL where no pulse is made, and once the day is over in UTC, but of a message that is
``in_pulse``: in an hour that was published, it or the version before it."""

PERSON_DAY: Final = Table(
    "person_day",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("pid", String(32), primary_key=True),
    Column("leaf", String(63), primary_key=True),
    Column("local_day", Date, primary_key=True),
    Column("messages", Integer, nullable=False),
    Column("valence_micro", BigInteger, nullable=False),
    Column("signals", JSON, nullable=False),
    Column("drivers", JSON, nullable=False),
    Column("after_hours", Integer),
    Column("in_hours", Integer),
    Index("person_day_day", "local_day"),
)
"""Sums over one person's day; they go when the four weeks close.

``after_hours`` is NULL in rows that are older than it: of them it is not known.
``in_hours`` is NULL on days without a published hour.  Else its bits tell in which of these
somebody wrote, and bit ``OUTSIDE`` whether they wrote outside all of them."""

OUTSIDE: Final = 24
"""The bit after those of the hours 0 to 23."""

REPLY_DAY: Final = Table(
    "reply_day",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("pid", String(32), primary_key=True),
    Column("local_day", Date, primary_key=True),
    Column("other_leaf", String(63), primary_key=True),
    Column("replies", Integer, nullable=False),
    Index("reply_day_day", "local_day"),
)
"""How often somebody answered people of a leaf on one day; gone once its week has closed."""

LANGUAGE_DAY: Final = Table(
    "language_day",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("pid", String(32), primary_key=True),
    Column("leaf", String(63), primary_key=True),
    Column("local_day", Date, primary_key=True),
    Column("language", String(2), primary_key=True),
    Column("messages", Integer, nullable=False),
    Index("language_day_day", "local_day"),
)
"""How many messages somebody wrote in a language on one day; gone once its week has closed."""

ANSWER_DAY: Final = Table(
    "answer_day",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("pid", String(32), primary_key=True),
    Column("leaf", String(63), primary_key=True),
    Column("local_day", Date, primary_key=True),
    Column("within", Integer, primary_key=True, autoincrement=False),
    Column("answers", Integer, nullable=False),
    Index("answer_day_day", "local_day"),
)
"""How many answers of somebody's came how soon on one day; gone once their week has closed.

``within`` is a value of ``AnsweredWithin``."""

CONVERSATION_DAY: Final = Table(
    "conversation_day",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("pid", String(32), primary_key=True),
    Column("leaf", String(63), primary_key=True),
    Column("local_day", Date, primary_key=True),
    Column("replies", Integer, nullable=False),
    Column("others", Integer, nullable=False),
    Index("conversation_day_day", "local_day"),
)
"""How many of somebody's messages answered one on one day; gone once their week has closed."""

DETAILS: Final = (REPLY_DAY, LANGUAGE_DAY, ANSWER_DAY, CONVERSATION_DAY)
"""What is kept of a person's day beside its sums."""

AUTHOR_PLACE: Final = Table(
    "author_place",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("pid", String(32), primary_key=True),
    Column("place", String(32), primary_key=True),
)
"""In which places somebody wrote within a block, not when nor how often; gone once its four weeks
have closed."""

CHANNEL_PLACE: Final = Table(
    "channel_place",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("spool_id", String(63), primary_key=True),
    Column("place", String(32), primary_key=True),
)
"""Places that a gateway takes for possible ghost towns; gone with the above."""

OF_BLOCK: Final = (AUTHOR_PLACE, CHANNEL_PLACE)
"""What is kept of a whole block, beside the sums of days."""

WITHDRAWN: Final = Table(
    "withdrawn",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("pid", String(32), primary_key=True),
)
"""Somebody opted out in this block: what still arrives of theirs is not kept."""

FOLDED_DAY: Final = Table(
    "folded_day",
    METADATA,
    Column("local_day", Date, primary_key=True),
    Column("folded_at", Instant, nullable=False),
    Column("models", JSON, nullable=False),
    Column("knows_places", Boolean, nullable=False, server_default=false()),
)
"""A day whose messages are sums now; what arrives for it is late.  ``models`` scored it.

``knows_places``: in which places people wrote on it was kept."""

GATEWAY: Final = Table(
    "gateway",
    METADATA,
    Column("spool_id", String(63), primary_key=True),
    Column("owes_nothing_until", Instant, nullable=False),
    Column("settled_below", BigInteger, nullable=False, server_default="1"),
    Column("said_at", Instant, nullable=False),
    Column("lease_until", Instant, nullable=False),
)

MISSED: Final = Table(
    "missed",
    METADATA,
    Column("spool_id", String(63), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("reason", String(12), nullable=False),
)
"""A message that no window holds: late, or set aside unscored.  Here so that it counts once."""

CLOSER: Final = Table(
    "closer",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(36), nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("pulsed_until", Instant),
)
"""One row: which process may fold and close.  Collectors share it while they write.

Every hour that ends by ``pulsed_until`` has been decided, so what still comes of it is late; NULL
where no pulse is made."""
