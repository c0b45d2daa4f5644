"""The alerts service over a small published organisation, without a broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.climate.windows import week_of
from services.alerts import database, migrations
from services.alerts.main import create_app
from services.alerts.settings import AlertsSettings
from tests.fakes.scores import MONDAY, policy
from tests.fakes.stage import Stage, organisation

DUE = week_of(MONDAY).ends + timedelta(hours=48)


def now() -> datetime:
    """Shortly after the first week has closed."""
    return DUE + timedelta(minutes=1)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A migrated database with a unit tree and nothing else."""
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    Stage(engine)
    engine.dispose()
    return path


@pytest.fixture
def published(place: Path) -> Path:
    """The same with one closed week."""
    engine = database.open_engine(place)
    stage = Stage(engine)
    stage.send(organisation())
    stage.reach(DUE)
    engine.dispose()
    return place


Serve = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def serve() -> Serve:
    """Starts the whole service on a database file."""

    @contextmanager
    def started(place: Path, **changed: Any) -> Iterator[TestClient]:
        settings = AlertsSettings(
            database=str(place),
            governance=place,
            policy_public_key=place,
            endpoint_key=place.with_name("endpoints.key"),
            **changed,
        )
        app = create_app(settings, policy(), now)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client

    return started
