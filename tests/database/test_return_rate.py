"""From scores to the published return rate of four weeks, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.climate.windows import Cadence, Window, four_weeks_of
from services.alerts import database, ledger
from services.alerts import replay as replays
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, policy, score, withdrawal
from tests.fakes.stage import Stage

FOUR = four_weeks_of(MONDAY)
DUE = FOUR.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 160, "a": 80, "b": 80}
NAME = "return_rate"
LISTED = ["valence", NAME]
BACK, GONE, NEW = {0, 3}, {0, 1}, {3}


def four(groups: dict[str, tuple[int, set[int]]], messages: int = 4) -> list[ScoreV1]:
    """People of each group write on so many days of each of their weeks."""
    return [
        score(
            0.1,
            message=f"{name} {person} {week} {day}",
            person=f"{name} {person}",
            leaf=name[0],
            local_day=MONDAY + timedelta(weeks=week, days=day),
        )
        for name, (n, weeks) in groups.items()
        for person in range(n)
        for week in weeks
        for day in range(messages)
    ]


SHOWN = four({"a back": (20, BACK), "b back": (14, BACK), "a gone": (26, GONE), "b new": (15, NEW)})
"""Of 60 came 34 back: more than half."""


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


def told(stage: Stage, window: Window = FOUR) -> dict[str, tuple[float, str]]:
    return {unit: value for (name, unit), value in stage.values(window).items() if name == NAME}


def test_the_tenth_of_those_who_came_back_is_told_with_the_four_weeks(stage: Stage) -> None:
    stage.send(SHOWN)
    assert stage.reach(DUE)[-1] == FOUR

    assert told(stage) == {"org": (0.5, "50-99")}
    assert all(told(stage, week) == {} for week in FOUR.split(Cadence.WEEK))


def test_who_wrote_a_little_in_a_week_did_not_come_in_it(stage: Stage) -> None:
    few = four({"b idle": (40, {0, 3})}, messages=2)
    stage.send([*SHOWN, *few])
    stage.reach(DUE)

    assert told(stage) == {"org": (0.5, "50-99")}


def test_who_moved_within_the_block_came_back(stage: Stage) -> None:
    moved = [
        s.model_copy(update={"leaf": "b"}) if s.leaf == "a" and s.local_day > MONDAY else s
        for s in SHOWN
    ]
    stage.send(moved)
    stage.reach(DUE)

    assert told(stage) == {"org": (0.5, "50-99")}


def test_who_opted_out_in_between_is_in_no_group(stage: Stage) -> None:
    stage.send(SHOWN)
    stage.reach(FOUR.ends - timedelta(days=9))
    stage.send([withdrawal(person=f"a back {n}", leaf="a") for n in range(10)])
    stage.reach(DUE)

    assert told(stage) == {"org": (0.4, "50-99")}  # 24 of 50


@pytest.mark.parametrize(
    "groups",
    [
        {"a back": (9, BACK), "a gone": (40, GONE), "b new": (20, NEW)},
        {"a back": (40, BACK), "a gone": (9, GONE), "b new": (20, NEW)},
        {"a back": (30, BACK), "a gone": (30, GONE), "b new": (9, NEW)},
    ],
)
def test_a_group_of_nine_is_not_told_of(
    stage: Stage, groups: dict[str, tuple[int, set[int]]]
) -> None:
    stage.send(four(groups))
    stage.reach(DUE)

    assert told(stage) == {}
    assert stage.count(RELEASED_RATIO) == 0


def test_an_organisation_that_is_published_by_four_weeks_has_none(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=LISTED), PARENTS, {"org": 24, "a": 12, "b": 12})
    stage.send(SHOWN)
    stage.reach(DUE)

    assert {unit for _, unit in stage.values(FOUR)} == set(PARENTS)
    assert told(stage) == {}


@pytest.mark.parametrize(
    "rules", [policy(indicators=["valence"]), policy(indicators=LISTED, differential_privacy="on")]
)
def test_a_policy_that_does_not_ask_for_it_or_asks_for_noise_publishes_none(
    engine: Engine, rules: Policy
) -> None:
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)
    stage.send(SHOWN)
    stage.reach(DUE)

    assert told(stage) == {}
    assert stage.count(RELEASED_RATIO) == 0


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE released_ratio SET part = part + 1", "statistics"),
        ("DELETE FROM released_ratio", "not_released"),
        ("UPDATE published_cell SET value = 0.4 WHERE indicator = 'return_rate'", "other_value"),
        ("DELETE FROM published_cell WHERE indicator = 'return_rate'", "not_published"),
    ],
)
def test_it_follows_from_what_was_released_and_a_change_is_found(
    stage: Stage, statement: str, what: str
) -> None:
    stage.send(SHOWN)
    stage.reach(DUE)
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds
        found = list(replays.everything(connection))
    assert [one.differences for one in found] == [()] * 4

    without_guard(stage.engine, statement)

    with database.reading(stage.engine).begin() as connection:
        found = list(replays.everything(connection))
        assert not ledger.verify(connection).holds
    assert what in {one.what for each in found for one in each.differences}


@pytest.mark.parametrize(("a_day", "shown"), [(1, True), (4, False)])
def test_where_the_last_week_is_not_shown_there_is_none(
    stage: Stage, a_day: int, *, shown: bool
) -> None:
    """Two people of 21 wrote 40 of the 97 messages of that week."""
    groups = {"a back": (10, BACK), "b gone": (30, {0}), "b new": (9, NEW)}
    loud = [
        score(
            0.1,
            message=f"loud {person} {day} {number}",
            person=f"loud {person}",
            leaf="b",
            local_day=MONDAY + timedelta(weeks=3, days=day),
        )
        for person in range(2)
        for day in range(5)
        for number in range(a_day)
    ]
    stage.send([*four(groups, messages=3), *loud])
    stage.reach(DUE)

    last = FOUR.split(Cadence.WEEK)[-1]
    assert (("valence", "org") in stage.values(last)) is shown
    assert bool(told(stage)) is shown
