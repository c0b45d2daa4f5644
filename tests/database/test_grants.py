"""Each role of PostgreSQL can do its process's work and see nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlalchemy import Engine, Table, select
from sqlalchemy.exc import ProgrammingError

from models.climate.windows import week_of
from services.alerts import database, grants, ledger, migrations
from services.alerts.closing import Closer
from services.alerts.collector import collect
from services.alerts.grants import Process
from services.alerts.main import create_app
from services.alerts.settings import AlertsSettings
from services.alerts.tables import operations, outcomes, pseudonymous, released
from services.cli.replay import replay
from services.cli.verify_ledger import verify_ledger
from tests.database.postgresql import administer, granted, named
from tests.fakes.scores import MONDAY, policy, score
from tests.fakes.stage import Stage, organisation

TABLES = [
    table
    for zone in (
        pseudonymous.METADATA,
        released.METADATA,
        operations.METADATA,
        outcomes.METADATA,
    )
    for table in zone.sorted_tables
]


@pytest.fixture(scope="module")
def urls(postgresql: str) -> Iterator[dict[Process, str]]:
    """A database in which every role has what it needs, as each of them; a week has closed."""
    with granted(postgresql) as (owner, as_role):
        stage = Stage(database.open_engine(owner))
        stage.send(organisation())
        stage.reach(week_of(MONDAY).ends + timedelta(hours=48))
        stage.engine.dispose()
        yield as_role


@pytest.fixture
def collector(urls: dict[Process, str]) -> Iterator[Engine]:
    engine = database.open_engine(urls["collector"])
    yield engine
    engine.dispose()


@pytest.mark.parametrize("process", get_args(Process))
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.fullname)
def test_a_role_reads_its_tables_and_no_other(
    urls: dict[Process, str], process: Process, table: Table
) -> None:
    granted = {one for tables in grants.GRANTS[process].values() for one in tables}
    engine = database.open_engine(urls[process])
    try:
        with engine.begin() as connection:
            connection.execute(select(table).limit(1))
        seen = True
    except ProgrammingError:
        seen = False
    finally:
        engine.dispose()

    assert seen == (table in granted)


def test_a_reader_sees_nothing_of_a_person_and_no_secret() -> None:
    seen = {table for tables in grants.GRANTS["reader"].values() for table in tables}

    assert not seen & set(pseudonymous.METADATA.sorted_tables)
    assert operations.ENDPOINT_SECRET not in seen
    assert released.RELEASED_STATISTIC not in seen
    assert set(grants.GRANTS["reader"]) == {"SELECT"}


def test_the_collector_collects(collector: Engine) -> None:
    late, fresh = score(seq=7), score(seq=8, message="new", local_day=MONDAY + timedelta(days=30))

    with database.writing(collector) as connection:
        found = collect(connection, [late, fresh])

    assert sorted(found.settled) == ["collected", "late"]


@pytest.mark.parametrize("process", get_args(Process))
def test_nobody_changes_what_was_published(urls: dict[Process, str], process: Process) -> None:
    engine = database.open_engine(urls[process])
    for table in released.FINAL:
        with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as one:
            one.execute(table.delete())
    engine.dispose()


def test_alerts_closes_windows_and_people_read_as_a_reader(
    urls: dict[Process, str], tmp_path: Path
) -> None:
    settings = AlertsSettings(
        database=urls["alerts"],
        reader_database=urls["reader"],
        governance=tmp_path,
        policy_public_key=tmp_path,
        endpoint_key=tmp_path / "endpoints.key",
    )
    collector = Stage(database.open_engine(urls["collector"]))
    following = MONDAY + timedelta(weeks=1)
    collector.send(organisation(following))
    closer = Closer(database.open_engine(settings.database), policy())
    closed = collector.reach(week_of(following).ends + timedelta(hours=48), closer)
    closer.engine.dispose()
    collector.engine.dispose()

    with TestClient(create_app(settings, policy(), lambda: collector.now)) as client:
        paths = (
            "/", "/v1/indicators", "/v1/units", "/v1/alerts", "/v1/pulse", "/metrics/indicators",
        )  # fmt: skip
        answers = {path: client.get(path).status_code for path in paths}
        linked = re.findall(r"/v1/receipts/[0-9a-f]{64}", client.get("/").text)
        receipts = [client.get(path).status_code for path in linked]

    assert [window.start for window in closed] == [following]
    assert answers == dict.fromkeys(paths, 200)
    assert receipts == [200]
    assert ledger.verify(settings.database).entries == 2


def test_an_auditor_checks_all_of_it_and_changes_nothing(urls: dict[Process, str]) -> None:
    checked = [
        CliRunner().invoke(command, arguments)
        for command, arguments in (
            (verify_ledger, [urls["auditor"]]),
            (replay, ["--all", "--database", urls["auditor"]]),
            (verify_ledger, [urls["reader"]]),
            (replay, ["--all", "--database", urls["reader"]]),
        )
    ]

    assert [found.exit_code for found in checked] == [0, 0, 2, 2]
    assert set(grants.GRANTS["auditor"]) == {"SELECT"}
    seen = {table for tables in grants.GRANTS["auditor"].values() for table in tables}
    assert seen == {*released.FINAL, released.UNIT}


def test_a_role_that_may_not_make_the_schema_ends_with_the_reason(
    postgresql: str, urls: dict[Process, str], capsys: pytest.CaptureFixture[str]
) -> None:
    administer(postgresql, "CREATE DATABASE bare")
    engine = database.open_engine(named(urls["collector"], "bare"))
    with pytest.raises(SystemExit) as ended:
        migrations.upgrade_or_refuse(engine)
    engine.dispose()
    administer(postgresql, "DROP DATABASE bare")

    assert ended.value.code == 78
    assert "barograph database apply" in capsys.readouterr().err
