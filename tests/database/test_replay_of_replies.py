"""Whoever holds what was released of a week of replies can make its figures again."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from services.alerts import database
from services.alerts import replay as replays
from tests.database.test_ledger import without_guard
from tests.database.test_replies import DUE, ELIGIBLE, LISTED, PARENTS, WEEK, replies, told
from tests.fakes.scores import policy
from tests.fakes.stage import Stage


@pytest.fixture
def closed(engine: Engine) -> Stage:
    stage = Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)
    stage.send(replies())
    stage.reach(DUE)
    return stage


def test_the_figures_of_a_week_can_be_made_again(closed: Stage) -> None:
    with database.reading(closed.engine).begin() as connection:
        (found,) = replays.everything(connection)

    assert found.differences == ()
    assert found.values == len(closed.values(WEEK))
    assert len(told(closed)) > 9


def test_figures_can_be_made_again_where_the_policy_lists_some_of_them(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=["valence", "reciprocity"]), PARENTS, ELIGIBLE)
    stage.send(replies())
    stage.reach(DUE)
    with database.reading(engine).begin() as connection:
        (found,) = replays.everything(connection)

    assert found.differences == ()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE published_cell SET value = 0.77 WHERE indicator = 'reciprocity'",
            replays.Difference("other_value", "reciprocity", "org"),
        ),
        (
            "DELETE FROM published_cell WHERE indicator = 'ei_index' AND unit = 'u3'",
            replays.Difference("not_published", "ei_index", "u3"),
        ),
        (
            "DELETE FROM published_cell WHERE indicator = 'reciprocity'",
            replays.Difference("count"),
        ),
        (
            "UPDATE unit SET eligible = 90 WHERE id = 'u3'",
            replays.Difference("other_value", "ei_excess", "u3"),
        ),
        ("UPDATE released_replies SET replies = 'x'", replays.Difference("statistics")),
        ("UPDATE unit SET id = 'other' WHERE id = 'u3'", replays.Difference("statistics")),
        ("DELETE FROM unit", replays.Difference("statistics")),
    ],
)
def test_a_figure_that_does_not_follow_from_what_was_released_is_found(
    closed: Stage, statement: str, expected: replays.Difference
) -> None:
    without_guard(closed.engine, statement)
    with database.reading(closed.engine).begin() as connection:
        (found,) = replays.everything(connection)

    assert expected in found.differences
