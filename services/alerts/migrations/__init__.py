"""Brings a database to the newest schema, or back: run by every process as it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from services.alerts import database
from services.process import exits

_LOCK: Final = 0x6261_726F
"""PostgreSQL's advisory lock of the migrations: two processes start at once."""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply what is missing, in one transaction; where nothing is, no right to do so is needed."""
    if is_current(database.reading(engine)):
        return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(_config(connection), revision)


def upgrade_or_refuse(engine: Engine) -> None:
    """What every process does as it starts.

    Raises:
        SystemExit: 78: the schema is another version's, and our role may not change that.
    """
    try:
        upgrade(engine)
    except ProgrammingError:
        exits.refuse(
            "the schema is not that of this version, and this role may not change it:"
            " run `barograph database apply` as its owner"
        )


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take back every step after *revision*."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest schema that this code knows."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
        return set(found) == set(ScriptDirectory.from_config(_config(connection)).get_heads())
