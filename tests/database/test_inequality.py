"""From scores to the published inequality of participation, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.climate.windows import four_weeks_of, week_of
from services.alerts import database, ledger
from services.alerts import replay as replays
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, policy, score, withdrawal
from tests.fakes.stage import Stage

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 240, "a": 120, "b": 120}
NAME = "inequality"
LISTED = ["valence", NAME]


def week(people: dict[str, int], days: int, a_day: int = 1) -> list[ScoreV1]:
    """People of each leaf write so many messages on so many days."""
    return [
        score(
            0.1,
            message=f"{leaf} {days} {person} {day} {number}",
            person=f"{leaf} {days} {person}",
            leaf=leaf,
            local_day=MONDAY + timedelta(days=day),
        )
        for leaf, n in people.items()
        for person in range(n)
        for day in range(days)
        for number in range(a_day)
    ]


UNEVEN = [*week({"a": 50, "b": 25}, 3), *week({"b": 25}, 4, a_day=3)]
"""A quarter weighs four times what the others weigh: 0.32."""


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


def told(stage: Stage) -> dict[str, tuple[float, str]]:
    return {unit: value for (name, unit), value in stage.values(WEEK).items() if name == NAME}


def test_it_is_told_of_the_whole_organisation_in_steps(stage: Stage) -> None:
    stage.send(UNEVEN)
    assert stage.reach(DUE) == [WEEK]

    assert told(stage) == {"org": (0.3, "100+")}


def test_that_all_write_alike_is_not_told(stage: Stage) -> None:
    stage.send(week({"a": 60, "b": 60}, 3))
    stage.reach(DUE)

    assert told(stage) == {"org": (0.15, "100+")}


def test_who_writes_twice_is_no_contributor_and_who_writes_much_is_bounded(stage: Stage) -> None:
    stage.send([*UNEVEN, *week({"a": 40}, 2)])
    stage.send([s.model_copy(update={"digest": s.digest[::-1]}) for s in UNEVEN])
    stage.reach(DUE)

    # 75 weigh six now, and 25 sixteen in place of 24: four of the six messages of a day.
    assert told(stage) == {"org": (0.2, "100+")}


def test_of_ninety_nine_people_it_is_not_told(stage: Stage) -> None:
    stage.send(UNEVEN)
    stage.reach(WEEK.ends - timedelta(days=1))
    stage.send([withdrawal(person="a 3 0", leaf="a")])
    stage.reach(DUE)

    assert ("valence", "org") in stage.values(WEEK)
    assert told(stage) == {}
    assert stage.count(RELEASED_RATIO) == 0


@pytest.mark.parametrize(
    "rules", [policy(indicators=["valence"]), policy(indicators=LISTED, differential_privacy="on")]
)
def test_a_policy_that_does_not_ask_for_it_or_asks_for_noise_publishes_none(
    engine: Engine, rules: Policy
) -> None:
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)
    stage.send(UNEVEN)
    stage.reach(DUE)

    assert told(stage) == {}
    assert stage.count(RELEASED_RATIO) == 0


def test_four_weeks_have_none(stage: Stage) -> None:
    stage.send(UNEVEN)
    whole = four_weeks_of(MONDAY)
    stage.reach(whole.ends + timedelta(hours=48))

    assert NAME not in {name for name, _ in stage.values(whole)}


def test_an_organisation_that_is_published_by_four_weeks_has_none(engine: Engine) -> None:
    few = {"org": 24, "a": 12, "b": 12}
    stage = Stage(engine, policy(indicators=LISTED), PARENTS, few)
    stage.send(UNEVEN)
    whole = four_weeks_of(MONDAY)
    stage.reach(whole.ends + timedelta(hours=48))

    assert ("valence", "org") in stage.values(whole)
    assert stage.count(RELEASED_RATIO) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE released_ratio SET part = part - 1",
        "UPDATE released_ratio SET band = '50-99'",
        "UPDATE published_cell SET value = 0.31 WHERE indicator = 'inequality'",
    ],
)
def test_it_follows_from_what_was_released_and_a_change_is_found(
    stage: Stage, statement: str
) -> None:
    stage.send(UNEVEN)
    stage.reach(DUE)
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds
        (found,) = replays.everything(connection)
    assert found.differences == ()

    without_guard(stage.engine, statement)

    with database.reading(stage.engine).begin() as connection:
        assert not ledger.verify(connection).holds
        (found,) = replays.everything(connection)
    assert found.differences
