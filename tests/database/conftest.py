"""Both databases that Barograph runs on, migrated to the newest schema."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from services.alerts import database, migrations
from services.alerts.tables import operations, outcomes, pseudonymous, released
from tests.database.postgresql import administer, named, server

ZONES = (pseudonymous.METADATA, released.METADATA, operations.METADATA, outcomes.METADATA)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server's first database."""
    with server() as url:
        yield url


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
    administer(postgresql, "CREATE DATABASE migrated")
    engine = database.open_engine(named(postgresql, "migrated"))
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


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, not even tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    url: str = request.getfixturevalue("postgresql")
    administer(url, "CREATE DATABASE empty")
    yield named(url, "empty")
    administer(url, "DROP DATABASE empty")


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
