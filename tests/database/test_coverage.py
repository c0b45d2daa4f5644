"""From scores to the published shares of languages, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from models.climate.catalogue import COVERAGE
from models.climate.windows import four_weeks_of, week_of
from models.language.labels import Language
from services.alerts import database, ledger, missed
from services.alerts import replay as replays
from services.alerts.tables.pseudonymous import LANGUAGE_DAY
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.scores import ScoreV1
from services.contracts.settled import SettledV1, Settlement
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, SPOOL, deletion, policy, score, withdrawal
from tests.fakes.stage import Stage

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 60, "a": 30, "b": 30}
NAMES = [one.id for one in COVERAGE]
LISTED = ["valence", *NAMES]
EN, NL, FR = Language.EN, Language.NL, Language.FR


def week(people: dict[Language, int], leaf: str = "a", start: date = MONDAY) -> list[ScoreV1]:
    """Each person writes a message in their language on four days."""
    return [
        score(
            0.1,
            message=f"{leaf} {language} {person} {day} {start}",
            person=f"{leaf} {language} {person}",
            leaf=leaf,
            language=language,
            local_day=start + timedelta(days=day),
        )
        for language, n in people.items()
        for person in range(n)
        for day in range(4)
    ]


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


def told(stage: Stage) -> dict[str, float]:
    found = stage.values(WEEK).items()
    assert all(unit == "org" for (name, unit), _ in found if name in NAMES)
    return {name: value for (name, _), (value, _) in found if name in NAMES}


def test_the_share_of_each_language_is_told_of_the_whole_organisation(stage: Stage) -> None:
    stage.send([*week({EN: 20, NL: 10}), *week({FR: 10}, "b")])
    assert stage.reach(DUE) == [WEEK]

    assert told(stage) == {
        "language_en": 0.5,
        "language_nl": 0.25,
        "language_fr": 0.25,
        "unscored": 0.0,
    }


def test_a_language_of_a_few_is_told_neither_by_itself_nor_by_what_is_left(stage: Stage) -> None:
    stage.send([*week({EN: 20, NL: 19}), *week({FR: 2}, "b")])
    stage.reach(DUE)

    assert told(stage) == {"language_en": pytest.approx(20 / 41, abs=0.005), "unscored": 0.0}


def test_a_frozen_language_is_counted_here_and_nowhere_else(engine: Engine) -> None:
    frozen = policy(indicators=LISTED, frozen_languages=["fr"])
    stage = Stage(engine, frozen, PARENTS, ELIGIBLE)
    stage.send([*week({EN: 20, NL: 10}), *week({FR: 10}, "b")])
    stage.reach(DUE)

    assert told(stage)["language_fr"] == 0.25
    assert {unit for name, unit in stage.values(WEEK) if name == "valence"} == {"org", "a"}


def test_what_was_set_aside_is_a_share_of_all_that_came(stage: Stage) -> None:
    stage.send([*week({EN: 20, NL: 10})])
    stage.reach(WEEK.ends - timedelta(days=2))
    aside = SettledV1(spool_id=SPOOL, seqs=tuple(range(1, 41)), settlement=Settlement.EXPIRED)
    with database.writing(stage.engine) as connection:
        missed.set_aside(connection, aside)
    stage.reach(DUE)

    assert told(stage)["unscored"] == 40 / 160


def test_a_deletion_a_withdrawal_and_people_who_do_not_count_are_in_no_share(stage: Stage) -> None:
    scores = week({EN: 20, NL: 20})
    gone = [s for s in scores if s.language is EN][:40]
    new = [s.model_copy(update={"countable": False}) for s in week({FR: 20}, "b")]
    stage.send([*scores, *new])
    stage.send([deletion(leaf=s.leaf, local_day=s.local_day).model_copy(
        update={"digest": s.digest, "block": s.block}) for s in gone])  # fmt: skip
    stage.reach(WEEK.ends - timedelta(days=1))
    stage.send([withdrawal(person=f"a {NL} {n}", leaf="a") for n in range(10)])
    stage.reach(DUE)

    assert told(stage) == {"language_en": 0.5, "language_nl": 0.5, "unscored": 0.0}


def test_who_wrote_in_which_language_is_gone_once_the_week_has_closed(stage: Stage) -> None:
    stage.send(week({EN: 20, NL: 10}))
    stage.reach(WEEK.ends - timedelta(days=1))
    assert stage.count(LANGUAGE_DAY) > 0

    stage.reach(DUE)

    assert stage.count(LANGUAGE_DAY) == 0
    assert stage.count(RELEASED_RATIO) == 3


@pytest.mark.parametrize(
    "rules", [policy(indicators=["valence"]), policy(indicators=LISTED, differential_privacy="on")]
)
def test_where_nothing_is_made_of_languages_none_is_kept(engine: Engine, rules: object) -> None:
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)  # type: ignore[arg-type]
    stage.send(week({EN: 20, NL: 10}))
    stage.reach(WEEK.ends - timedelta(days=1))
    assert stage.count(LANGUAGE_DAY) == 0

    stage.reach(DUE)

    assert told(stage) == {}
    assert stage.count(RELEASED_RATIO) == 0


def test_only_what_the_policy_lists_is_released(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=["valence", "language_nl"]), PARENTS, ELIGIBLE)
    stage.send(week({EN: 20, NL: 10}))
    stage.reach(DUE)

    assert told(stage).keys() == {"language_nl"}
    assert stage.count(RELEASED_RATIO) == 1


def test_an_organisation_that_is_not_shown_has_no_share(stage: Stage) -> None:
    stage.send(week({EN: 4, NL: 4}))
    stage.reach(DUE)

    assert stage.values(WEEK) == {}
    assert stage.count(RELEASED_RATIO) == 0


def test_four_weeks_have_no_share(stage: Stage) -> None:
    whole = four_weeks_of(MONDAY)
    for number in range(4):
        stage.send(week({EN: 20, NL: 20}, start=whole.start + timedelta(days=7 * number)))
    closed = stage.reach(whole.ends + timedelta(hours=48))

    assert whole in closed
    assert {name for name, _ in stage.values(whole)} <= {"valence"}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE released_ratio SET part = part + 1", "statistics"),
        ("UPDATE released_ratio SET band = '100+'", "statistics"),
        ("DELETE FROM released_ratio", "statistics"),
        ("UPDATE published_cell SET value = 0.4 WHERE indicator = 'language_nl'", "other_value"),
        ("DELETE FROM published_cell WHERE indicator = 'unscored'", "not_published"),
    ],
)
def test_a_share_follows_from_what_was_released_and_a_change_is_found(
    stage: Stage, statement: str, what: str
) -> None:
    stage.send(week({EN: 20, NL: 10}))
    stage.reach(DUE)
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds
        (found,) = replays.everything(connection)
    assert found.differences == ()
    assert found.values == len(stage.values(WEEK))

    without_guard(stage.engine, statement)

    with database.reading(stage.engine).begin() as connection:
        (found,) = replays.everything(connection)
        assert not ledger.verify(connection).holds
    assert what in {one.what for one in found.differences}


def test_who_wrote_in_a_frozen_language_alone_is_forgotten_with_the_block(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=LISTED, frozen_languages=["fr"]), PARENTS, ELIGIBLE)
    stage.send(week({FR: 20}))
    block = four_weeks_of(MONDAY)

    assert stage.reach(block.ends + timedelta(hours=48)) == [block]
    assert stage.count(LANGUAGE_DAY) == 0
