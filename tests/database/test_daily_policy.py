"""Units by the day while the policy changes in the middle of a block."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import Engine, select

from models.climate.disclosure import receipt as receipts
from models.climate.windows import Cadence, four_weeks_of, window_of
from services.alerts import cadences, database, ledger
from services.alerts.tables import pseudonymous, released
from services.contracts.governance import Policy
from tests.fakes.scores import MONDAY, policy
from tests.fakes.stage import Stage
from tests.fakes.stage import organisation as written

DAY, BY_WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS
PLAN: Final = {"org": DAY, "sales": DAY, "sales.a": BY_WEEK, "sales.b": FOUR, "plant": DAY}
CROWD: Final = {"sales.a": 20, "sales.b": 12, "plant": 15}
LARGE: Final = {"org": 700, "sales": 400, "sales.a": 280, "sales.b": 120, "plant": 300}
BLOCK: Final = four_weeks_of(MONDAY)
WEEKS: Final = BLOCK.split(BY_WEEK)
LATER: Final = timedelta(hours=48)
OFF, ON, STRICT = (policy(differential_privacy=mode) for mode in ("off", "on", "strict"))


@pytest.fixture
def stage(engine: Engine) -> Stage:
    """An organisation of which three units are planned by the day, and four weeks of messages."""
    stage = Stage(engine, eligible=LARGE)
    with database.writing(engine) as connection:
        cadences.keep(connection, "2024Q1", PLAN)
    stage.send(written(weeks=4, people=CROWD))
    return stage


def margins(stage: Stage) -> set[bool]:
    """Whether noise was added to what was published: to all, to none, or to some."""
    with database.reading(stage.engine).begin() as connection:
        found = connection.execute(select(released.PUBLISHED_CELL.c.margin)).scalars()
        return {margin is not None for margin in found}


@pytest.mark.parametrize("began", [ON, STRICT])
def test_a_block_that_began_with_noise_ends_with_it_and_has_no_days(
    stage: Stage, began: Policy
) -> None:
    stage.closer.policy = began
    stage.reach(WEEKS[0].ends + LATER)
    stage.closer.policy = OFF
    stage.reach(BLOCK.ends + LATER)

    assert stage.count(released.WINDOW_SUMMARY) == 5
    assert stage.count(pseudonymous.PERSON_DAY) == 0
    assert margins(stage) == {True}
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds


def test_where_noise_was_asked_for_in_between_nothing_more_of_the_block_is_released(
    stage: Stage,
) -> None:
    stage.closer.policy = OFF
    stage.reach(WEEKS[0].ends + LATER)
    before = stage.count(released.PUBLISHED_CELL)
    stage.closer.policy = ON
    stage.reach(WEEKS[1].ends + LATER)
    stage.closer.policy = OFF
    stage.reach(BLOCK.ends + LATER)

    assert stage.count(released.PUBLISHED_CELL) == before > 0
    assert stage.count(pseudonymous.PERSON_DAY) == 0


def test_no_day_closes_once_its_week_has(stage: Stage) -> None:
    stage.reach(WEEKS[0].ends)
    with database.writing(stage.engine) as connection:
        connection.execute(released.WINDOW_SUMMARY.insert().values(
            cadence="week", window_start=WEEKS[1].start, window_end=WEEKS[1].end_exclusive,
            quarter="2024Q1", published=0, withheld=0, lost=0, gateways_left_out=0,
            closed_at=stage.now,
        ))  # fmt: skip
    closed = stage.reach(BLOCK.ends + LATER)

    assert closed[-1] == BLOCK
    assert [window for window in closed if WEEKS[1].holds(window.start)] == []


def test_a_smaller_k_waits_for_the_next_block(engine: Engine) -> None:
    # The six of sales.b are sales minus sales.a, and three of their weeks closed under ten.
    plan = {"org": BY_WEEK, "sales": BY_WEEK, "sales.a": FOUR, "sales.b": FOUR, "plant": BY_WEEK}
    following = four_weeks_of(BLOCK.end_exclusive)
    stage = Stage(engine, policy(k=10))
    with database.writing(engine) as connection:
        cadences.keep(connection, "2024Q1", plan)
    people = {"sales.a": 14, "sales.b": 6, "plant": 15}
    stage.send(written(weeks=4, people=people))
    stage.reach(WEEKS[2].ends + LATER)
    stage.closer.policy = policy(k=5)
    stage.reach(BLOCK.ends + LATER)
    stage.send(written(following.start, weeks=4, people=people))
    stage.reach(following.ends + LATER)

    assert stage.values(BLOCK) == {}
    assert {unit for _, unit in stage.values(following)} == {"sales.a", "sales.b"}
    with database.reading(engine).begin() as connection:
        bodies = connection.execute(select(released.RECEIPT.c.body)).scalars()
        found = [receipts.read(body) for body in bodies]
        assert ledger.verify(connection).holds
    assert {one.k for one in found if BLOCK.holds(one.window.start)} == {10}
    assert {one.k for one in found if following.holds(one.window.start)} == {5}


@pytest.mark.parametrize("k", [5, 14])
def test_another_k_in_the_middle_of_a_week_keeps_nothing_open(stage: Stage, k: int) -> None:
    stage.reach(window_of(DAY, MONDAY).ends + timedelta(minutes=15))
    stage.closer.policy = policy(k=k)
    stage.reach(BLOCK.ends + LATER)

    assert stage.count(pseudonymous.PERSON_DAY) == 0
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds
