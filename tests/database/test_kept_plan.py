"""The plan of a quarter, while the tree, the policy or the quarter changes under it."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Final

import pytest
from sqlalchemy import Engine, select

from models.climate.windows import Cadence, blocks_of, four_weeks_of, window_of
from services.alerts import cadences, database, gateways, ledger
from services.alerts.ledger.units import tree_in
from services.alerts.tables import pseudonymous, released
from tests.fakes.scores import MONDAY, policy, units
from tests.fakes.stage import PARENTS, Stage
from tests.fakes.stage import organisation as written

DAY, BY_WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS
LARGE: Final = {"org": 400, "sales": 300, "sales.a": 150, "sales.b": 150, "plant": 160}
PEOPLE: Final = {"sales.a": 110, "sales.b": 14, "plant": 13}
FIRST: Final = four_weeks_of(MONDAY)
LATER: Final = timedelta(hours=48)
DAILY: Final = {
    "org": DAY, "sales": DAY, "sales.a": DAY, "sales.b": BY_WEEK, "plant": BY_WEEK,
}  # fmt: skip


@pytest.fixture
def stage(engine: Engine) -> Stage:
    """One block of the first quarter has closed."""
    stage = Stage(engine, eligible=LARGE)
    stage.send(written(weeks=4, people=PEOPLE))
    stage.reach(FIRST.ends + LATER)
    return stage


def charted(stage: Stage, quarter: str, **more: str | None) -> bool:
    """The tree of *quarter*, with *more* units and their parents."""
    with database.writing(stage.engine) as connection:
        return gateways.units(connection, units(PARENTS | more, LARGE | {"lab": 50}, quarter))


def plan(stage: Stage, quarter: str) -> dict[str, Cadence]:
    with database.reading(stage.engine).begin() as connection:
        return cadences.plan_of(connection, quarter, tree_in(connection, quarter), 10)


def closed_in(stage: Stage, quarter: str, block: int = 0) -> list[Cadence]:
    """Play a block of *quarter*; of which cadences windows close."""
    played = blocks_of(quarter)[block]
    stage.send(written(played.start, weeks=4, people=PEOPLE))
    return [window.cadence for window in stage.reach(played.ends + LATER)]


def test_a_unit_that_comes_after_the_plan_was_kept_waits_for_the_next_quarter(
    stage: Stage,
) -> None:
    before = plan(stage, "2024Q1")

    assert not charted(stage, "2024Q1", lab="org")
    assert plan(stage, "2024Q1") == before
    assert closed_in(stage, "2024Q1", block=2) == [BY_WEEK] * 4 + [FOUR]
    assert charted(stage, "2024Q2", lab="org")
    assert plan(stage, "2024Q2") == DAILY | {"lab": BY_WEEK}


def test_a_tree_that_comes_again_before_its_first_window_is_planned_as_it_is_then(
    stage: Stage,
) -> None:
    charted(stage, "2024Q2")
    first = blocks_of("2024Q2")[0]
    stage.send(written(first.start, weeks=4, people=PEOPLE))
    stage.reach(window_of(DAY, first.start).ends)
    assert charted(stage, "2024Q2", lab="org")
    stage.reach(first.ends + LATER)

    assert plan(stage, "2024Q2") == DAILY | {"lab": BY_WEEK}
    assert stage.count(pseudonymous.PERSON_DAY) == 0


def test_a_block_that_reaches_into_the_next_quarter_keeps_the_plan_of_its_own(
    stage: Stage,
) -> None:
    charted(stage, "2024Q2")
    last = blocks_of("2024Q1")[-1]

    assert last.end_exclusive.month > 3
    assert closed_in(stage, "2024Q1", block=len(blocks_of("2024Q1")) - 1) == [BY_WEEK] * 4 + [FOUR]
    assert closed_in(stage, "2024Q2").count(DAY) == 12


def test_after_a_quarter_with_noise_the_last_one_without_is_planned_from(stage: Stage) -> None:
    charted(stage, "2024Q2")
    charted(stage, "2024Q3")
    stage.closer.policy = policy(differential_privacy="on")
    noisy = closed_in(stage, "2024Q2")
    stage.closer.policy = policy()
    after = closed_in(stage, "2024Q3")

    assert noisy == [BY_WEEK] * 4 + [FOUR]
    assert after.count(DAY) == 12
    assert plan(stage, "2024Q3") == DAILY
    with database.reading(stage.engine).begin() as connection:
        kept = connection.execute(select(released.CADENCE.c.quarter).distinct()).scalars()
        assert set(kept) == {"2024Q1", "2024Q3"}
        assert ledger.verify(connection).holds


def test_of_the_quarters_before_the_last_one_counts(stage: Stage) -> None:
    charted(stage, "2024Q2")
    with database.writing(stage.engine) as connection:
        cadences.keep(connection, "2023Q3", dict.fromkeys(PARENTS, FOUR))
        cadences.keep(connection, "2024Q4", dict.fromkeys(PARENTS, FOUR))

    assert plan(stage, "2024Q2") == DAILY


def test_a_quarter_that_ended_with_noise_plans_no_finer_than_it_was(stage: Stage) -> None:
    charted(stage, "2024Q2")
    stage.closer.policy = policy(differential_privacy="on")
    assert closed_in(stage, "2024Q1", block=2) == [BY_WEEK] * 4 + [FOUR]
    stage.closer.policy = policy()

    # Noisy weeks of org and sales count with what their noisy weights stand for.
    assert closed_in(stage, "2024Q2")[-1] is FOUR
    assert plan(stage, "2024Q2").keys() == DAILY.keys()
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds


def test_a_tree_waits_while_a_window_over_the_one_before_is_being_published(
    engine: Engine,
) -> None:
    stage = Stage(engine, eligible=LARGE)
    taken: list[bool] = []
    comes = Thread(target=lambda: taken.append(charted(stage, "2024Q1", lab="org")))
    with database.writing(engine) as connection:
        connection.execute(select(pseudonymous.CLOSER.c.holder).with_for_update())
        comes.start()
        comes.join(timeout=0.5)
        cadences.keep(connection, "2024Q1", dict.fromkeys(PARENTS, BY_WEEK))
        connection.execute(released.WINDOW_SUMMARY.insert().values(
            cadence="week", window_start=MONDAY, window_end=MONDAY + timedelta(weeks=1),
            quarter="2024Q1", published=0, withheld=0, lost=0, gateways_left_out=0,
            closed_at=stage.now,
        ))  # fmt: skip
    comes.join()

    assert taken == [False]
