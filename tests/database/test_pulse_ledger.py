"""Hours of the pulse stand as they were published and follow from their sums; changes are found."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from services.alerts import database, ledger
from services.alerts.ledger import hours
from services.alerts.tables.released import LEDGER
from services.cli.replay import replay
from tests.database.test_ledger import without_guard
from tests.database.test_pulse import ELIGIBLE, LISTED, PARENTS, at, play, written
from tests.fakes.stage import Stage

FORGED = (
    "INSERT INTO published_pulse SELECT day, 23, unit, value, band, published_at "
    "FROM published_pulse WHERE hour = 9"
)


@pytest.fixture
def stage(engine: Engine) -> Stage:
    stage = Stage(engine, LISTED, PARENTS, ELIGIBLE)
    stage.reach(at(-1))
    return stage


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE published_pulse SET value = 0.9 WHERE hour = 9", "pulse"),
        ("UPDATE published_pulse SET band = '50-99' WHERE hour = 9", "pulse"),
        ("UPDATE published_pulse SET published_at = '2027-01-01 00:00:00'", "pulse"),
        ("UPDATE published_pulse SET hour = 11 WHERE hour = 9", "pulse"),
        ("UPDATE released_pulse SET weighted_micro = 0", "pulse"),
        ("DELETE FROM published_pulse WHERE hour = 10", "pulse"),
        ("DELETE FROM released_pulse", "pulse"),
        (FORGED, "unlisted"),
    ],
)
def test_whatever_is_changed_of_an_hour_is_found(stage: Stage, statement: str, fault: str) -> None:
    play(stage, [(hour, written(hour, a=300)) for hour in (8, 9, 10)])
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds
        assert [same for _, same in hours.replayed(connection)] == [True, True]
    without_guard(stage.engine, statement)

    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).fault == fault


def test_a_second_entry_of_an_hour_is_found(stage: Stage) -> None:
    play(stage, [(8, written(8, a=300)), (9, written(9, a=300))])
    with database.writing(stage.engine) as connection:
        body = connection.execute(select(LEDGER.c.body)).scalar_one()
        ledger.append(connection, "pulse", json.loads(body), stage.now)
        assert ledger.verify(connection).fault == "pulse"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE published_pulse SET value = 0.9 WHERE hour = 9",
        "UPDATE released_pulse SET weighted_micro = 0 WHERE hour = 9",
        "UPDATE released_pulse SET weight = 0 WHERE hour = 9",
        "DELETE FROM released_pulse WHERE hour = 9",
    ],
)
def test_a_value_that_the_sums_do_not_make_is_told_by_the_command(
    stage: Stage, statement: str
) -> None:
    play(stage, [(hour, written(hour, a=300)) for hour in (8, 9, 10)])
    place = stage.engine.url.render_as_string(hide_password=False)
    good = CliRunner().invoke(replay, ["--all", "--database", place])
    without_guard(stage.engine, statement)
    bad = CliRunner().invoke(replay, ["--all", "--database", place])

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "2 hours of the pulse; 0 differ" in good.output
    assert "2024-01-29T09: the pulse is not what the sums make" in bad.output
    assert "2 hours of the pulse; 1 differ" in bad.output
