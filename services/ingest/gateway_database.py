"""The gateway's own file (zone A): who may send, who people are, who opted out, channels, keys."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

METADATA: Final = MetaData()

API_KEY: Final = Table(
    "api_key",
    METADATA,
    Column("id", String, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("scopes", String, nullable=False),
    Column("expires", String, nullable=False),
    Column("created", String),
    Column("label", String, nullable=False),
    Column("revoked", Boolean, nullable=False),
)
UNIT: Final = Table(
    "unit",
    METADATA,
    Column("place", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("parent", String),
    Column("en", String, nullable=False),
    Column("nl", String, nullable=False),
    Column("fr", String, nullable=False),
)
PERSON: Final = Table(
    "person",
    METADATA,
    Column("person", String, primary_key=True),
    Column("unit", String, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("since", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
)
IDENTITY: Final = Table(
    "identity",
    METADATA,
    Column("identity", String, primary_key=True),
    Column("person", String, ForeignKey("person.person"), nullable=False),
)
CHANNEL: Final = Table(
    "channel",
    METADATA,
    Column("source", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("members", Integer, nullable=False),
    Column("created", Date, nullable=False),
)
OPT_OUT: Final = Table(
    "opt_out",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("value", String, primary_key=True),
)
"""``kind`` is ``identity`` or ``person``: an opt-out outlives the directory that it was made in."""
BLOCK_KEY: Final = Table(
    "block_key",
    METADATA,
    Column("block", Integer, primary_key=True),
    Column("key", LargeBinary),
)
"""The row stays when the key is erased: a block that closed never gets another key."""
INDEX_KEY: Final = Table(
    "index_key",
    METADATA,
    Column("one", Integer, primary_key=True),
    Column("key", LargeBinary, nullable=False),
)
RECENT_MESSAGE: Final = Table(
    "recent_message",
    METADATA,
    Column("message", LargeBinary, primary_key=True),
    Column("leaf", String, nullable=False),
    Column("block", Integer, nullable=False),
    Column("day", Date, nullable=False, index=True),
    sqlite_with_rowid=False,
)
ANSWERABLE_MESSAGE: Final = Table(
    "answerable_message",
    METADATA,
    Column("message", LargeBinary, primary_key=True),
    Column("minute", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""When a message was written, in minutes since 1970, for as long as it can be answered soon."""
EARLY_DELETION: Final = Table(
    "early_deletion",
    METADATA,
    Column("message", LargeBinary, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("minute", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Deletions that came before their message, and the minute since 1970 in which they came."""


def open_gateway_database(path: Path) -> Engine:
    """The file at *path*, made with its tables where it is missing; readable by its owner alone."""
    path.touch(mode=0o600)
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    METADATA.create_all(engine)
    return engine


def truncate_log(engine: Engine) -> None:
    """Empty the write-ahead log, so nothing that was deleted survives in it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        # Survives the death of the process.  A power cut may cost the last moments of the index
        # of recent messages, and nothing else that is written here is written in a hurry.
        "synchronous = NORMAL",
        "secure_delete = ON",
        "busy_timeout = 5000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
        cursor.fetchall()
    cursor.close()
