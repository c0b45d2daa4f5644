"""From scores to the published shares of answers, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.climate.networks.answer_time import AnsweredWithin
from models.climate.windows import week_of
from models.language.labels import Language
from services.alerts import database, ledger
from services.alerts import replay as replays
from services.alerts.tables.pseudonymous import ANSWER_DAY, OPEN_SCORE
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.envelope import Kind
from services.contracts.scores import ScoreV1
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, deletion, policy, score, withdrawal
from tests.fakes.stage import Stage

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 60, "a": 30, "b": 30}
NAMES = {"answered_hour", "answered_day"}
LISTED = ["valence", *sorted(NAMES)]
HOUR, DAY, LONGER = AnsweredWithin


def week(people: dict[AnsweredWithin, int], leaf: str = "a") -> list[ScoreV1]:
    """Each person answers on four days, each time as soon, and writes what answers nothing."""
    answers = [
        score(
            0.1,
            kind=Kind.REPLY,
            message=f"{leaf} {within} {person} {day}",
            person=f"{leaf} {within} {person}",
            leaf=leaf,
            other_leaf="b",
            answer_bucket=int(within),
            local_day=MONDAY + timedelta(days=day),
        )
        for within, n in people.items()
        for person in range(n)
        for day in range(4)
    ]
    posts = [
        score(0.1, message=f"{one.pid} post", leaf=leaf).model_copy(update={"pid": one.pid})
        for one in answers[::4]
    ]
    return answers + posts


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


def told(stage: Stage) -> dict[str, float]:
    found = stage.values(WEEK).items()
    assert all(unit == "org" for (name, unit), _ in found if name in NAMES)
    return {name: value for (name, _), (value, _) in found if name in NAMES}


def test_the_shares_of_answers_are_told_of_the_whole_organisation(stage: Stage) -> None:
    stage.send([*week({HOUR: 20, DAY: 10}), *week({LONGER: 10}, "b")])
    assert stage.reach(DUE) == [WEEK]

    assert told(stage) == {"answered_hour": 0.5, "answered_day": 0.75}


def test_an_edit_of_an_answer_counts_once_and_a_deletion_not_at_all(stage: Stage) -> None:
    scores = week({HOUR: 20, DAY: 10, LONGER: 10})
    edits = [s.model_copy(update={"kind": Kind.EDIT, "version": 2}) for s in scores[:20]]
    gone = [s for s in scores if s.answer_bucket == LONGER]
    stage.send([*scores, *edits])
    stage.send([deletion(leaf=s.leaf, local_day=s.local_day).model_copy(
        update={"digest": s.digest, "block": s.block}) for s in gone])  # fmt: skip
    stage.reach(DUE)

    # Nobody is left who took longer than a day, so only the shorter share has a rest.
    assert told(stage) == {"answered_hour": pytest.approx(2 / 3, abs=0.005)}


def test_a_withdrawal_and_people_who_do_not_count_are_in_no_share(stage: Stage) -> None:
    new = [s.model_copy(update={"countable": False}) for s in week({LONGER: 20}, "b")]
    stage.send([*week({HOUR: 20, DAY: 20, LONGER: 10}), *new])
    stage.reach(WEEK.ends - timedelta(days=1))
    assert stage.count(ANSWER_DAY) > 0
    stage.send([withdrawal(person=f"a {DAY} {n}", leaf="a") for n in range(10)])
    stage.reach(DUE)

    assert told(stage) == {"answered_hour": 0.5, "answered_day": 0.75}


def test_answers_in_a_frozen_language_count_for_nothing(engine: Engine) -> None:
    frozen = policy(indicators=LISTED, frozen_languages=["fr"])
    stage = Stage(engine, frozen, PARENTS, ELIGIBLE)
    french = [s.model_copy(update={"language": Language.FR}) for s in week({LONGER: 20}, "b")]
    stage.send([*week({HOUR: 10, DAY: 10}), *french])
    stage.reach(DUE)

    assert told(stage) == {"answered_hour": 0.5}


def test_how_soon_people_answered_is_gone_once_the_week_has_closed(stage: Stage) -> None:
    stage.send(week({HOUR: 20, DAY: 10, LONGER: 10}))
    stage.reach(DUE)

    assert stage.count(ANSWER_DAY) == stage.count(OPEN_SCORE) == 0
    assert stage.count(RELEASED_RATIO) == 2


@pytest.mark.parametrize(
    "rules", [policy(indicators=["valence"]), policy(indicators=LISTED, differential_privacy="on")]
)
def test_where_nothing_is_made_of_answers_none_is_kept(engine: Engine, rules: object) -> None:
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)  # type: ignore[arg-type]
    stage.send(week({HOUR: 20, DAY: 10, LONGER: 10}))
    stage.reach(WEEK.ends - timedelta(days=1))
    assert stage.count(ANSWER_DAY) == 0

    stage.reach(DUE)

    assert told(stage) == {}
    assert stage.count(RELEASED_RATIO) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE released_ratio SET part = part - 1 WHERE indicator = 'answered_day'",
        "UPDATE published_cell SET value = 0.4 WHERE indicator = 'answered_hour'",
    ],
)
def test_a_share_follows_from_what_was_released_and_a_change_is_found(
    stage: Stage, statement: str
) -> None:
    stage.send(week({HOUR: 20, DAY: 10, LONGER: 10}))
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
