"""What goes dark is told before it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.alerts import database, gateways, migrations
from services.cli.plan_cadence import plan_cadence
from tests.fakes.scores import units

PARENTS: dict[str, str | None] = {
    "org": None, "sales": "org", "plant": "org", "sales.a": "sales", "sales.b": "sales",
}  # fmt: skip
ELIGIBLE = {"org": 60, "sales": 33, "plant": 27, "sales.a": 24, "sales.b": 9}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with database.writing(engine) as connection:
        gateways.units(connection, units(PARENTS, ELIGIBLE, "2024Q1"))
    engine.dispose()
    return path


def test_each_level_says_how_many_are_shown_how_often(place: Path) -> None:
    answer = CliRunner().invoke(plan_cadence, [str(place), "--json"])

    assert answer.exit_code == 0
    said = json.loads(answer.stdout)
    assert (said["quarter"], said["k"]) == ("2024Q1", 10)
    assert [level["units"] for level in said["levels"]] == [
        {"week": 1, "four_weeks": 0, "never": 0},
        {"week": 2, "four_weeks": 0, "never": 0},
        {"week": 0, "four_weeks": 1, "never": 1},
    ]
    assert said["levels"][2]["people"] == {"week": 0, "four_weeks": 24, "never": 9}


def test_a_smaller_k_leaves_less_in_the_dark(place: Path) -> None:
    answer = CliRunner().invoke(plan_cadence, [str(place), "--k", "5"])

    assert answer.exit_code == 0
    last = answer.stdout.splitlines()[-1].split()
    assert last == ["2", "0", "(0)", "2", "(33)", "0", "(0)"]


def test_what_cannot_be_answered_is_an_error(place: Path, tmp_path: Path) -> None:
    for arguments in ([str(place), "--quarter", "2030Q1"], [str(tmp_path / "none.db")]):
        answer = CliRunner().invoke(plan_cadence, arguments)

        assert answer.exit_code == 2
        assert "Error" in answer.stderr
    below = CliRunner().invoke(plan_cadence, [str(place), "--k", "4"])
    assert below.exit_code == 2
