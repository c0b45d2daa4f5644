"""From scores to the published share of messages that answer one, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.climate.windows import four_weeks_of, week_of
from models.language.labels import Language
from services.alerts import database, ledger
from services.alerts import replay as replays
from services.alerts.tables.pseudonymous import CONVERSATION_DAY
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.envelope import Kind
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, deletion, policy, score, withdrawal
from tests.fakes.stage import Stage

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 60, "a": 30, "b": 30}
NAME = "conversation_index"
LISTED = ["valence", NAME]


def week(kind: Kind, people: int, leaf: str = "a", other: str | None = None) -> list[ScoreV1]:
    """Each person writes four messages of one kind, one a day."""
    return [
        score(
            0.1,
            kind=kind,
            message=f"{leaf} {kind} {person} {day}",
            person=f"{leaf} {kind} {person}",
            leaf=leaf,
            other_leaf=other,
            local_day=MONDAY + timedelta(days=day),
        )
        for person in range(people)
        for day in range(4)
    ]


POSTS = week(Kind.POST, 15)
REPLIES = week(Kind.REPLY, 10)


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


def told(stage: Stage) -> dict[str, tuple[float, str]]:
    return {unit: value for (name, unit), value in stage.values(WEEK).items() if name == NAME}


def test_it_is_told_of_the_whole_organisation(stage: Stage) -> None:
    stage.send([*POSTS, *REPLIES, *week(Kind.REPLY, 15, "b")])
    assert stage.reach(DUE) == [WEEK]

    assert told(stage) == {"org": (0.62, "25-49")}


def test_an_edit_of_a_reply_is_one_where_what_it_answers_is_known(stage: Stage) -> None:
    known = week(Kind.REPLY, 15, "b", other="a")
    edits = [
        s.model_copy(update={"kind": Kind.EDIT, "version": 2}) for s in (*POSTS[:30], *known[:30])
    ]
    stage.send([*POSTS, *REPLIES, *known])
    stage.send(edits)
    stage.reach(DUE)

    assert told(stage) == {"org": (0.62, "25-49")}


def test_what_does_not_count_is_on_no_side(engine: Engine) -> None:
    frozen = policy(indicators=LISTED, frozen_languages=["fr"])
    stage = Stage(engine, frozen, PARENTS, ELIGIBLE)
    new = [s.model_copy(update={"countable": False}) for s in week(Kind.REPLY, 20, "b")]
    french = [
        s.model_copy(update={"language": Language.FR, "pid": s.digest})
        for s in week(Kind.REACTION, 20, "b", other="a")
    ]
    gone = week(Kind.POST, 5, "b")
    stage.send([*POSTS, *REPLIES, *new, *french, *gone])
    stage.send([deletion(leaf=s.leaf, local_day=s.local_day).model_copy(
        update={"digest": s.digest, "block": s.block}) for s in gone])  # fmt: skip
    stage.reach(DUE)

    assert told(stage) == {"org": (10 / 25, "25-49")}


def test_who_opts_out_is_on_no_side_though_the_day_has_folded(stage: Stage) -> None:
    stage.send([*POSTS, *week(Kind.REPLY, 15)])
    stage.reach(WEEK.ends - timedelta(days=1))
    assert stage.count(CONVERSATION_DAY) > 0
    stage.send([withdrawal(person=f"a {Kind.REPLY} {n}", leaf="a") for n in range(5)])
    stage.reach(DUE)

    assert told(stage) == {"org": (10 / 25, "25-49")}


@pytest.mark.parametrize(
    "scores",
    [
        [*POSTS, *week(Kind.REPLY, 9)],
        [*week(Kind.POST, 9), *REPLIES],
        [*week(Kind.REPLY, 30)],
    ],
)
def test_a_side_of_few_is_not_told_of(stage: Stage, scores: list[ScoreV1]) -> None:
    stage.send(scores)
    stage.reach(DUE)

    assert ("valence", "org") in stage.values(WEEK)
    assert told(stage) == {}


def test_nothing_of_it_is_left_once_the_week_has_closed(stage: Stage) -> None:
    stage.send([*POSTS, *REPLIES])
    stage.reach(DUE)

    assert stage.count(CONVERSATION_DAY) == 0
    assert stage.count(RELEASED_RATIO) == 1


@pytest.mark.parametrize(
    "rules", [policy(indicators=["valence"]), policy(indicators=LISTED, differential_privacy="on")]
)
def test_where_nothing_is_made_of_it_none_is_kept(engine: Engine, rules: Policy) -> None:
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)
    stage.send([*POSTS, *REPLIES])
    stage.reach(WEEK.ends - timedelta(days=1))
    assert stage.count(CONVERSATION_DAY) == 0

    stage.reach(DUE)

    assert told(stage) == {}


def test_four_weeks_have_none(stage: Stage) -> None:
    stage.send([*POSTS, *REPLIES])
    whole = four_weeks_of(MONDAY)
    stage.reach(whole.ends + timedelta(hours=48))

    assert NAME not in {name for name, _ in stage.values(whole)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE released_ratio SET part = part - 1",
        "UPDATE published_cell SET value = 0.6 WHERE indicator = 'conversation_index'",
    ],
)
def test_it_follows_from_what_was_released_and_a_change_is_found(
    stage: Stage, statement: str
) -> None:
    stage.send([*POSTS, *REPLIES])
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
