"""``barograph plan-cadence`` tells how often units are published, and no more than counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.climate.windows import Cadence
from services.alerts import cadences, database, gateways, migrations
from services.cli.main import main
from tests.fakes.scores import units
from tests.fakes.stage import ELIGIBLE, PARENTS

HEAD = "person,unit,identities,time_zone,since"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["plan-cadence", *arguments])


def told(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database that knows one tree."""
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with database.writing(engine) as connection:
        gateways.units(connection, units(PARENTS, ELIGIBLE, "2024Q1"))
    engine.dispose()
    return path


def keep(path: Path, quarter: str, cadence: Cadence) -> None:
    engine = database.open_engine(path)
    with database.writing(engine) as connection:
        cadences.keep(connection, quarter, dict.fromkeys(PARENTS, cadence))
    engine.dispose()


def test_a_first_quarter_goes_by_headcounts(path: Path) -> None:
    answer = told(str(path), "--k", "10")

    nobody = {"units": 0, "people": 0}
    assert (answer["quarter"], answer["basis"], answer["k"]) == ("2024Q1", "headcounts", 10)
    assert answer["levels"] == [
        {"level": 0, "day": nobody, "week": {"units": 1, "people": 70}, "four_weeks": nobody,
         "none": nobody},
        {"level": 1, "day": nobody, "week": {"units": 2, "people": 70}, "four_weeks": nobody,
         "none": nobody},
        {"level": 2, "day": nobody, "week": {"units": 1, "people": 28},
         "four_weeks": {"units": 1, "people": 12}, "none": nobody},
    ]  # fmt: skip


def test_a_unit_of_fewer_than_k_is_not_published_at_all(path: Path) -> None:
    answer = told(str(path), "--k", "13")

    assert answer["levels"][2]["none"] == {"units": 1, "people": 12}
    assert answer["levels"][2]["four_weeks"] == {"units": 0, "people": 0}


def test_a_plan_that_was_kept_is_told_as_it_is(path: Path) -> None:
    keep(path, "2024Q1", Cadence.DAY)
    answer = told(str(path), "--k", "10")

    assert answer["basis"] == "kept"
    assert [level["day"]["units"] for level in answer["levels"]] == [1, 2, 2]


def test_after_a_quarter_that_was_kept_the_newest_is_planned_from_it(path: Path) -> None:
    keep(path, "2023Q4", Cadence.WEEK)

    assert told(str(path), "--k", "10")["basis"] == "quarter_before"


def test_a_directory_file_goes_by_headcounts(tmp_path: Path) -> None:
    rows = [f"p{n},acme.sales,mail:p{n}@example.org,UTC,2020-01-01" for n in range(30)]
    rows += [f"q{n},acme.legal,mail:q{n}@example.org,UTC,2020-01-01" for n in range(12)]
    path = tmp_path / "directory.csv"
    path.write_text("\n".join([HEAD, *rows]))

    answer = told(str(path), "--k", "10")

    assert answer["levels"][1]["week"] == {"units": 1, "people": 30}
    assert answer["levels"][1]["four_weeks"] == {"units": 1, "people": 12}
    assert answer["levels"][1]["none"] == {"units": 1, "people": 0}  # the staff leaf


def test_people_read_the_same_as_a_table(path: Path) -> None:
    result = run(str(path), "--k", "10")

    assert result.exit_code == 0
    assert "2024Q1, headcounts" in result.output
    assert "1 (28)" in result.output
    assert "sales" not in result.output


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("climate.db", None, "cannot be read"),
        ("directory.csv", None, "cannot be read"),
        ("directory.csv", "person,canary\n1,2\n", "no directory"),
        ("directory.json", '{"canary": 1}', "no directory"),
    ],
)
def test_what_cannot_be_read_is_told_without_its_words(
    tmp_path: Path, name: str, content: str | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    result = run(str(tmp_path / name), "--k", "10")

    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", " ").split())
    assert "canary" not in result.output


def test_a_database_without_units_says_so(tmp_path: Path) -> None:
    engine = database.open_engine(tmp_path / "climate.db")
    migrations.upgrade(engine)
    engine.dispose()
    result = run(str(tmp_path / "climate.db"), "--k", "10")

    assert result.exit_code == 2
    assert "no unit yet" in result.output


def test_no_policy_may_ask_for_fewer_than_five() -> None:
    assert run("somewhere.db", "--k", "4").exit_code == 2
