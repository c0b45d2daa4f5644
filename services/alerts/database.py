"""Opens SQLite or PostgreSQL, so that nothing else needs to know which it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError

from services.contracts.failures import Unavailable

Insert = postgresql.Insert | sqlite.Insert
ZONES: Final = ("pseudonymous", "released", "operations", "outcomes")
ONE_FILE: Final[dict[str | None, str | None]] = dict.fromkeys(ZONES)
"""SQLite has no schemas: the zones share its one file."""
STATEMENT_ROWS: Final = 500
"""Rows a statement: 500 rows of 17 columns stay under SQLite's 32,766 variables."""
_INSERT: Final[dict[str, Callable[[Table], Insert]]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def url_of(place: str | Path) -> str:
    """The URL of *place*: a URL already, or the path of a SQLite file."""
    return str(place) if "://" in str(place) else f"sqlite:///{place}"


def open_engine(place: str | Path) -> Engine:
    """An engine whose transactions are serial for writers on both databases."""
    url = url_of(place)
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "connect", _commits_are_durable)
        return engine
    engine = create_engine(url, execution_options={"schema_translate_map": ONE_FILE})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:  # noqa: ANN401  the driver's own type
        connection.isolation_level = None  # we begin: the driver would begin too late
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "foreign_keys=ON",
                       "synchronous=FULL", "secure_delete=ON"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another wrote
        # in between, without waiting: so a writer takes the lock from its first statement.
        reads = connection.get_execution_options().get("barograph_reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _commits_are_durable(connection: Any, _: object) -> None:  # noqa: ANN401  the driver's own type
    """A spool forgets what was committed, so a server that crashes must not forget it too."""
    autocommit, connection.autocommit = connection.autocommit, True
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.autocommit = autocommit


def open_read_only(place: str | Path) -> Engine:
    """An engine that makes no file where there is none, and changes nothing in one that is."""
    url = url_of(place)
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///")).resolve()
        url = f"sqlite:///file:{path}?mode=ro&uri=true"
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _reads_any_byte)
    return engine


def _reads_any_byte(connection: Any, _: object) -> None:  # noqa: ANN401  the driver's own type
    """Give back what is no text, too: a byte that was changed is found, not stumbled over."""
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")


def reading(engine: Engine) -> Engine:
    """The same database for a transaction that only reads: it waits for nobody."""
    return engine.execution_options(barograph_reads=True)


def insert(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows ON CONFLICT."""
    return _INSERT[connection.dialect.name](table)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction.

    Raises:
        Unavailable: the database does not answer, or is locked: nothing was written.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError:
        raise Unavailable("database") from None
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("database") from None
        raise
