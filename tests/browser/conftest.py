"""The alerts service with a published organisation, and the programs that people read it with.

Both programs are Debian's: ``make setup-system`` installs them.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import uvicorn

from models.climate.catalogue import INDICATORS
from models.climate.windows import week_of
from services.alerts import database, migrations
from services.alerts.main import create_app
from services.alerts.settings import AlertsSettings
from tests.broker.kafka import free_port
from tests.fakes.conversing import conversing
from tests.fakes.scores import MONDAY, policy
from tests.fakes.stage import Stage

WEEKS = 4
SITES = {f"site.{number}": 30 for number in range(12)}
"""People by unit: of fewer units than ten, not even their number is exposed."""
PARENTS: dict[str, str | None] = {"org": None, "site": "org", **dict.fromkeys(SITES, "site")}
ELIGIBLE = {"org": 600, "site": 600, **dict.fromkeys(SITES, 50)}
START_S = 30


def program(name: str) -> str:
    """Where *name* is installed; who asks is skipped without it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: run `make setup-system`")
    return found


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the service, ``host:port``; four weeks are closed."""
    place = tmp_path_factory.mktemp("alerts") / "climate.db"
    engine = database.open_engine(place)
    migrations.upgrade(engine)
    rules = policy(indicators=list(INDICATORS), reply_level=2)
    stage = Stage(engine, rules, parents=PARENTS, eligible=ELIGIBLE)
    for week in range(WEEKS):
        first = MONDAY + timedelta(weeks=week)
        stage.send(conversing(first, SITES))
        stage.reach(week_of(first).ends + timedelta(hours=48))
    until = stage.now + timedelta(minutes=1)
    engine.dispose()
    settings = AlertsSettings(
        database=str(place),
        governance=place,
        policy_public_key=place,
        endpoint_key=place.with_name("endpoints.key"),
    )
    port = free_port(1)
    app = create_app(settings, rules, lambda: until)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        for _ in range(START_S * 10):
            if server.started:
                break
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
