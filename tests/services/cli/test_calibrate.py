"""``barograph calibrate`` finds this organisation's threshold, says its worth, and keeps it."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.climate.windows import Cadence
from services.alerts import database, migrations
from services.alerts.rules import calibration, catalogue, wave_calibration
from services.alerts.rules.evaluation import evaluate
from services.alerts.rules.rule import RESIGNATION_WAVE, Rule, Sustained, Wave
from services.cli.calibrate import IMPOSSIBLE, NOT_REACHED, calibrate
from tests.fakes.leaving import Leaving
from tests.fakes.published import CLOSED, Published
from tests.fakes.published_blocks import USUAL, Blocks
from tests.models.climate.detection.signals import chance

NOWHERE = "postgresql+psycopg://reader:canary@127.0.0.1:1/barograph"


def run(place: object, *options: str) -> Result:
    return CliRunner().invoke(calibrate, [str(place), *options])


def database_of(path: Path, weeks: int, *later: tuple[str, ...]) -> Path:
    """So many weeks by one model, and one by each of *later*."""
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with engine.begin() as connection:
        catalogue.install(connection, catalogue.BUILT_IN, CLOSED - timedelta(days=1))
        published = Published(connection)
        for _ in range(weeks):
            published.week({})
        for models in later:
            published.models = models
            published.week({})
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def a_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database_of(tmp_path_factory.mktemp("calibrate") / "climate.db", 56)


def rules_of(path: Path) -> list[Rule]:
    engine = database.open_engine(path)
    with engine.connect() as connection:
        found = [installed.rule for installed in catalogue.current(connection)]
    engine.dispose()
    return found


def test_it_prints_the_threshold_and_its_false_alarms_and_changes_nothing(a_year: Path) -> None:
    before = rules_of(a_year)

    result = run(a_year, "--years", "20")

    assert result.exit_code == 0
    assert re.search(r"Threshold [3-8]\.\d[05] standard deviations \(seed 1\)", result.stdout)
    rate, low, high = map(float, re.findall(r"(\d+\.\d\d)", result.stdout)[1:4])
    assert low <= rate <= high
    assert "--apply puts it in force" in result.stdout
    assert rules_of(a_year) == before


def test_the_same_seed_gives_the_same_and_more_accepted_episodes_no_higher_threshold(
    a_year: Path,
) -> None:
    first, again = (run(a_year, "--years", "10").stdout for _ in range(2))
    many = run(a_year, "--years", "10", "--episodes-a-year", "12").stdout

    def threshold(said: str) -> float:
        return float(re.findall(r"Threshold (\d\.\d\d)", said)[0])

    assert first == again
    assert threshold(many) <= threshold(first)
    assert run(a_year, "--years", "10", "--seed", "2").stdout != first


def test_applied_it_is_a_new_version_that_knows_where_it_comes_from(tmp_path: Path) -> None:
    path = database_of(tmp_path / "climate.db", 56)

    result = run(path, "--years", "10", "--seed", "7", "--apply")

    by_uid = {rule.uid: rule for rule in rules_of(path)}
    drop, rise = by_uid["sustained_drop"], by_uid["sustained_rise"]
    assert result.exit_code == 0
    assert "sustained_drop is now version 3" in result.stdout
    assert (drop.version, rise.version) == (3, 2)
    assert isinstance(drop.condition, Sustained)
    assert isinstance(rise.condition, Sustained)
    known = drop.condition.calibration
    assert known == rise.condition.calibration
    assert known is not None
    assert (known.seed, known.accepted, known.until.isoweekday()) == (7, 1.0, 1)
    assert known.low <= known.rate <= known.high
    engine = database.open_engine(path)
    with engine.connect() as connection:
        fitted = calibration.past(connection, Cadence.WEEK)
    engine.dispose()
    again = calibration.calibrate(
        fitted, accepted=1.0, years=10, seed=known.seed, today=known.on, progress=lambda: None
    )
    assert again == (drop.condition.threshold, known)


def test_a_calibrated_rule_says_how_often_chance_alone_alerts(tmp_path: Path) -> None:
    path = database_of(tmp_path / "climate.db", 56)
    run(path, "--years", "10", "--apply")
    engine = database.open_engine(path)
    with engine.begin() as connection:
        newest = catalogue.current(connection)[-1]
        later = newest.created_at + timedelta(days=1)
        weeks = Published(connection, next_week=56)
        counts = [
            evaluate(connection, Cadence.WEEK, weeks.week({"south.plant": -0.3}, later), later)
            for _ in range(4)
        ]
    engine.dispose()

    assert sum(counts) == 1


@pytest.mark.parametrize(
    ("weeks", "later", "found"), [(51, (), "51"), (60, (("tuned-2",),), "1"), (0, (), "0")]
)
def test_less_than_a_year_by_the_same_models_is_refused(
    tmp_path: Path, weeks: int, later: tuple[tuple[str, ...], ...], found: str
) -> None:
    result = run(database_of(tmp_path / "climate.db", weeks, *later))

    assert result.exit_code == IMPOSSIBLE
    assert f"there are {found} weeks that compare; it takes 52" in result.stderr


def test_what_cannot_be_read_is_told_without_its_password_and_not_made(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    engine = database.open_engine(old)
    migrations.upgrade(engine, "0003")
    engine.dispose()

    results = [run(tmp_path / "none.db"), run(NOWHERE), run(old, "--apply")]

    assert [result.exit_code for result in results] == [NOT_REACHED] * 3
    assert not (tmp_path / "none.db").exists()
    assert "canary" not in results[1].output
    assert "schema" in results[2].stderr


def leaving_database(path: Path, blocks: int, *, on: bool) -> Path:
    """So many blocks of four weeks, in which people also write of leaving."""
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with engine.begin() as connection:
        catalogue.install(connection, catalogue.BUILT_IN, CLOSED - timedelta(days=1))
        catalogue.switch(connection, RESIGNATION_WAVE, CLOSED - timedelta(days=1), on=on)
        written = Leaving(connection, chance(1))
        written.plant()
        written.close(0, blocks)
    engine.dispose()
    return path


def newest_wave(path: Path) -> Rule | None:
    engine = database.open_engine(path)
    with engine.connect() as connection:
        found = catalogue.newest_of(connection, RESIGNATION_WAVE.uid)
    engine.dispose()
    return found


def test_the_rule_about_leaving_is_calibrated_where_the_policy_switches_it_on(
    tmp_path: Path,
) -> None:
    path = leaving_database(tmp_path / "on.db", 16, on=True)

    looked = run(path, "--years", "10")
    untouched = newest_wave(path)
    result = run(path, "--years", "10", "--apply")

    assert (looked.exit_code, result.exit_code) == (0, 0)
    assert untouched is not None
    assert untouched.condition == Wave()
    assert re.search(r"Leaving: threshold [2-9]\.\d\d, goes on from [2-9]\.\d\d", result.stdout)
    assert "resignation_wave is now version 2" in result.stdout
    rule = newest_wave(path)
    assert rule is not None
    assert isinstance(rule.condition, Wave)
    known, threshold, raised = (
        rule.condition.calibration, rule.condition.threshold, rule.condition.raised,
    )  # fmt: skip
    assert known is not None
    assert threshold is not None
    assert raised is not None
    assert (rule.version, rule.enabled, known.accepted, known.seed) == (2, True, 1.0, 1)
    assert raised <= threshold
    assert known.low <= known.rate <= known.high
    engine = database.open_engine(path)
    with engine.connect() as connection:
        fitted = wave_calibration.past(connection)
    engine.dispose()
    again = wave_calibration.calibrate(
        fitted, years=10, seed=known.seed, today=known.on, progress=lambda: None
    )
    assert again == rule.condition


def test_a_rule_about_leaving_that_is_off_is_not_even_looked_at(tmp_path: Path) -> None:
    path = leaving_database(tmp_path / "off.db", 16, on=False)

    result = run(path, "--years", "10", "--apply")

    assert result.exit_code == 0
    assert "eaving" not in result.stdout
    assert newest_wave(path) is None


def test_less_than_a_year_of_published_shares_leaves_the_rule_about_leaving_silent(
    a_year: Path, tmp_path: Path
) -> None:
    path = tmp_path / "short.db"
    shutil.copy(a_year, path)
    engine = database.open_engine(path)
    with engine.begin() as connection:
        catalogue.switch(connection, RESIGNATION_WAVE, CLOSED, on=True)
    engine.dispose()

    result = run(path, "--years", "10", "--apply")

    assert result.exit_code == 0
    assert "its share was published in 0 weeks that compare; it takes 52" in result.stdout
    rule = newest_wave(path)
    assert rule is not None
    assert (rule.version, rule.condition) == (1, Wave())


def test_units_of_four_weeks_get_a_threshold_of_their_own_from_a_tenth(tmp_path: Path) -> None:
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with engine.begin() as connection:
        catalogue.install(connection, catalogue.BUILT_IN, CLOSED - timedelta(days=1))
        Blocks(connection, weekly={}).play(*[USUAL] * 15)
    engine.dispose()

    said = run(path, "--years", "40", "--episodes-a-year", "2", "--apply")

    conditions = {rule.uid: rule.condition for rule in rules_of(path)}
    accepted = {
        uid: condition.calibration.accepted
        for uid, condition in conditions.items()
        if isinstance(condition, Sustained) and condition.calibration is not None
    }
    assert said.exit_code == 0
    assert "published every four weeks:\nFitted to 60 weeks" in said.stdout
    assert accepted == {
        "four_week_drop": pytest.approx(0.2),
        "four_week_rise": pytest.approx(0.2),
        "sustained_drop": pytest.approx(1.8),
        "sustained_rise": pytest.approx(1.8),
    }
