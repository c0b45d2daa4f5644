"""From scores to messages a contributor, and to each figure beside its own past."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Date, Engine, literal, select

from models.climate.windows import four_weeks_of, week_of
from models.language.labels import Language
from services.alerts import database, ledger
from services.alerts import replay as replays
from services.alerts.console import chilling_effect
from services.alerts.console.chilling_effect import Row
from services.alerts.console.wording import wording
from services.alerts.tables.released import PUBLISHED_CELL, RELEASED_RATIO
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, policy, score
from tests.fakes.stage import Stage

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 60, "a": 30, "b": 30}
NAME = "messages_per_contributor"
LISTED = ["valence", "participation", NAME]
WORDS = wording(Language.EN)


def written(number: int, a_day: int, people: int = 20, days: int = 3) -> list[ScoreV1]:
    """In the week of that number people of both leaves write so many messages on so many days."""
    return [
        score(
            0.1,
            message=f"{leaf} {person} {number} {day} {one}",
            person=f"{leaf} {person} {number // 4}",
            leaf=leaf,
            local_day=MONDAY + timedelta(weeks=number, days=day),
        )
        for leaf in ("a", "b")
        for person in range(people)
        for day in range(days)
        for one in range(a_day)
    ]


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


def told(stage: Stage) -> dict[str, tuple[float, str]]:
    return {unit: value for (name, unit), value in stage.values(WEEK).items() if name == NAME}


def test_it_is_what_counts_of_the_messages_of_everybody_over_contributors(stage: Stage) -> None:
    """Four of five messages a day count; who wrote two is in the sum and is no contributor."""
    once = [s for s in written(0, 2, people=25, days=1) if s not in written(0, 2, days=1)]
    stage.send([*written(0, 5), *once])
    assert stage.reach(DUE) == [WEEK]

    assert told(stage) == {"org": (12.5, "25-49")}  # 40 weigh twelve, ten weigh two


def test_that_everybody_writes_as_little_as_counts_is_not_told(stage: Stage) -> None:
    stage.send(written(0, 1))
    stage.reach(DUE)

    assert told(stage) == {"org": (4.0, "25-49")}


@pytest.mark.parametrize(
    "rules",
    [
        policy(indicators=["valence"]),
        policy(indicators=["participation", NAME]),  # without valence no weights are released
        policy(indicators=LISTED, differential_privacy="on"),
    ],
)
def test_where_weights_are_not_released_or_it_is_not_listed_there_is_none(
    engine: Engine, rules: Policy
) -> None:
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)
    stage.send(written(0, 2))
    stage.reach(DUE)

    assert told(stage) == {}
    assert stage.count(RELEASED_RATIO) == 0


def test_four_weeks_have_none(stage: Stage) -> None:
    stage.send(written(0, 2))
    whole = four_weeks_of(MONDAY)
    stage.reach(whole.ends + timedelta(hours=48))

    assert NAME not in {name for name, _ in stage.values(whole)}


def test_it_follows_from_what_was_released_and_a_change_is_found(stage: Stage) -> None:
    stage.send(written(0, 2))
    stage.reach(DUE)
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds
        (found,) = replays.everything(connection)
    assert found.differences == ()

    without_guard(stage.engine, "UPDATE released_ratio SET part = part - 1")

    with database.reading(stage.engine).begin() as connection:
        assert not ledger.verify(connection).holds
        (found,) = replays.everything(connection)
    assert found.differences


def section(stage: Stage) -> tuple[Row, ...]:
    with database.reading(stage.engine).begin() as connection:
        return chilling_effect.read(connection, WORDS)


def test_fewer_people_who_write_less_stand_below_their_own_past(stage: Stage) -> None:
    assert section(stage) == ()
    stage.send([one for number in range(10) for one in written(number, 2)])
    stage.send(written(10, 1, people=13, days=5))
    last = week_of(MONDAY + timedelta(weeks=10))
    stage.reach(last.ends + timedelta(hours=48))

    below, within = (WORDS.say(f"chilling_{key}", weeks=10) for key in ("below", "within"))
    assert section(stage) == (
        Row(WORDS.indicator("participation"), "40 %", "60 % to 60 %", below),
        Row(WORDS.indicator(NAME), "5", "6 to 6", below),
        Row(WORDS.indicator("valence"), "+0.10", "+0.10 to +0.10", within),
    )


def test_what_is_published_of_days_stands_in_for_no_week(stage: Stage) -> None:
    stage.send(written(0, 2))
    stage.reach(DUE)
    cell = PUBLISHED_CELL.c
    kept = [column for column in cell if column.name not in {"cadence", "window_start"}]
    names = [*(column.name for column in kept), "cadence", "window_start"]
    of_week = (cell.cadence == "week", cell.indicator == "valence", cell.unit == "org")
    with database.writing(stage.engine) as connection:
        for number in range(1, 14):
            monday = literal(MONDAY - timedelta(weeks=number), Date())
            same = select(*kept, literal("day"), monday).where(*of_week)
            connection.execute(PUBLISHED_CELL.insert().from_select(names, same))

    assert {row.said for row in section(stage)} == {WORDS.say("chilling_too_few")}
