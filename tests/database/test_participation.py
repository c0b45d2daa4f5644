"""Who takes part and when they write, from scores to the published value."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from models.climate.disclosure.release import published_cells
from models.climate.windows import four_weeks_of, week_of
from services.alerts import database, ledger
from services.alerts.ledger import statistics
from services.alerts.tables.pseudonymous import PERSON_DAY
from services.contracts.scores import ScoreV1
from tests.fakes.scores import MONDAY, deletion, policy, score
from tests.fakes.stage import Stage

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 60, "a": 30, "b": 30}
LISTED = ["valence", "after_hours"]


def week(late: dict[str, int], messages: int = 1, of: int = 20) -> list[ScoreV1]:
    """Everybody writes on three days; some write some of it in the evening of the first."""
    return [
        score(
            0.1,
            message=f"{leaf} {person} {day} {number}",
            person=f"{leaf} {person}",
            leaf=leaf,
            local_day=MONDAY + timedelta(days=day),
            after_hours=day == 0 and person < evening,
        )
        for leaf, evening in late.items()
        for person in range(of)
        for day in range(3)
        for number in range(messages if day == 0 else 1)
    ]


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


def told(stage: Stage) -> dict[str, float]:
    found = stage.values(WEEK).items()
    return {unit: value for (name, unit), (value, _) in found if name == "after_hours"}


@pytest.mark.parametrize("messages", [1, 7])
def test_it_is_a_share_of_people_however_much_they_write(stage: Stage, messages: int) -> None:
    stage.send(week({"a": 8, "b": 6}, messages))
    stage.reach(DUE)

    assert told(stage) == {"org": 14 / 40, "a": 8 / 20, "b": 6 / 20}


@pytest.mark.parametrize(
    ("late", "shown"),
    [
        ({"a": 8, "b": 4}, {"org"}),  # b has too few, and a with the whole would tell them
        ({"a": 16, "b": 8}, {"org"}),  # all but four of a
        ({"a": 2, "b": 2}, set()),
        ({"a": 20, "b": 17}, set()),
    ],
)
def test_it_is_told_where_five_people_are_on_either_side_of_everything_that_it_tells(
    stage: Stage, late: dict[str, int], shown: set[str]
) -> None:
    stage.send(week(late))
    stage.reach(DUE)

    assert told(stage).keys() == shown


def test_a_message_that_was_deleted_was_never_late(stage: Stage) -> None:
    scores = week({"a": 8, "b": 6})
    gone = next(s for s in scores if s.after_hours)
    stage.send(scores)
    stage.send([deletion(leaf="a").model_copy(update={"digest": gone.digest})])
    stage.reach(DUE)

    # Who deleted has two messages left and no longer contributes.
    assert told(stage)["org"] == round(13 / 39, 2)


def test_a_policy_that_does_not_list_it_publishes_none(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=["valence"]), PARENTS, ELIGIBLE)
    stage.send(week({"a": 8, "b": 6}))
    stage.reach(DUE)

    assert told(stage) == {}


def test_sums_that_are_older_than_the_figure_are_not_read_as_zero(stage: Stage) -> None:
    stage.send(week({"a": 8, "b": 6}))
    stage.reach(WEEK.ends - timedelta(days=1))
    with database.writing(stage.engine) as connection:
        first = PERSON_DAY.c.local_day == MONDAY + timedelta(days=1)
        connection.execute(update(PERSON_DAY).where(first).values(after_hours=None))
    stage.reach(DUE)

    assert told(stage) == {}
    assert ("valence", "org") in stage.values(WEEK)


def test_nothing_of_it_is_left_once_the_four_weeks_have_closed(stage: Stage) -> None:
    stage.send(week({"a": 8, "b": 6}))
    stage.reach(four_weeks_of(MONDAY).ends + timedelta(hours=48))

    assert stage.count(PERSON_DAY) == 0


def test_participation_is_told_as_the_lower_end_of_its_tenth(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=["participation"]), PARENTS, ELIGIBLE)
    stage.send(week({"a": 0, "b": 0}, of=17))
    stage.reach(DUE)

    assert stage.values(WEEK) == {
        ("participation", "org"): (0.5, "25-49"),
        ("participation", "a"): (0.5, "15-24"),
        ("participation", "b"): (0.5, "15-24"),
    }
    with database.reading(engine).begin() as connection:
        kept = statistics.of_window(connection, WEEK)
        assert {unit: (s.tenth, s.weight, dict(s.shares)) for unit, s in kept.items()} == {
            unit: (5, 0, {}) for unit in PARENTS
        }
        again = [cell for found in kept.values() for cell in published_cells(found, 10)]
        assert {(c.indicator, c.unit): (c.value, c.band) for c in again} == stage.values(WEEK)
        assert ledger.verify(connection).holds
