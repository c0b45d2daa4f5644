"""Units by the day, from collected scores to published cells, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import DBAPIError

from models.climate.windows import Cadence, Window, four_weeks_of, week_of, window_of
from services.alerts import (
    cadences,
    database,
    exposition,
    gateways,
    indicators,
    ledger,
)
from services.alerts.ledger.units import tree_in
from services.alerts.tables import pseudonymous, released
from tests.fakes.scores import MONDAY, score, units, withdrawal
from tests.fakes.stage import PARENTS, PEOPLE, Stage
from tests.fakes.stage import organisation as written

DAY, BY_WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS
PLAN = {"org": DAY, "sales": DAY, "sales.a": BY_WEEK, "sales.b": FOUR, "plant": DAY}
CROWD = PEOPLE | {"sales.b": 12}
EACH_DAY = {
    "org": round((20 * 0.5 - 12 * 0.5 + 15 * 0.2) / 47, 2),
    "sales": round((20 * 0.5 - 12 * 0.5) / 32, 2),
    "plant": 0.2,
}
FIRST_DAY = window_of(DAY, MONDAY)
DAY_DUE = FIRST_DAY.ends + timedelta(minutes=15)
WEEK = week_of(MONDAY)
BLOCK = four_weeks_of(MONDAY)
LATER = timedelta(hours=48)


@pytest.fixture
def stage(engine: Engine) -> Stage:
    """An organisation of which three units are planned by the day."""
    stage = Stage(engine)
    with database.writing(engine) as connection:
        cadences.keep(connection, "2024Q1", PLAN)
    return stage


def shown(stage: Stage, window: Window) -> dict[str, float]:
    return {
        unit: value for (indicator, unit), (value, _) in stage.values(window).items()
        if indicator == "valence"
    }  # fmt: skip


def late(stage: Stage) -> dict[tuple[str, date], int]:
    columns = released.LATE.c
    with database.reading(stage.engine).begin() as connection:
        found = connection.execute(select(columns.cadence, columns.window_start, columns.count))
        return {(cadence, start): count for cadence, start, count in found}


def test_a_day_is_published_a_quarter_of_an_hour_after_it_ended_everywhere(stage: Stage) -> None:
    stage.send(written(people=CROWD))

    assert stage.reach(DAY_DUE - timedelta(seconds=1)) == []
    assert stage.reach(DAY_DUE) == [FIRST_DAY]
    # One message each: 20 at 0.5 and 12 at -0.5, 15 at 0.2.
    assert shown(stage, FIRST_DAY) == EACH_DAY


def test_days_come_before_their_week_and_weeks_before_their_four(stage: Stage) -> None:
    stage.send(written(weeks=4, people=CROWD))

    closed = stage.reach(BLOCK.ends + LATER)

    weeks = BLOCK.split(BY_WEEK)
    assert closed == [
        *(window for week in weeks for window in (*week.split(DAY)[:3], week)),
        BLOCK,
    ]
    assert [shown(stage, week) for week in weeks] == [EACH_DAY | {"sales.a": 0.5}] * 4
    assert shown(stage, BLOCK) == {"sales.b": -0.5}
    assert stage.count(pseudonymous.PERSON_DAY) == 0
    with database.reading(stage.engine).begin() as connection:
        assert ledger.verify(connection).holds


def test_what_comes_after_its_day_has_closed_is_late_for_all_that_hold_it(stage: Stage) -> None:
    stage.send(written(people=CROWD))
    stage.reach(DAY_DUE)
    before = shown(stage, FIRST_DAY)

    stage.send([score(-1, message="late", person="late", leaf="plant", local_day=MONDAY)])
    stage.reach(WEEK.ends + LATER)

    assert late(stage) == {
        ("day", MONDAY): 1, ("week", WEEK.start): 1, ("four_weeks", BLOCK.start): 1,
    }  # fmt: skip
    assert shown(stage, FIRST_DAY) == before
    with database.reading(stage.engine).begin() as connection:
        sums = select(released.RELEASED_STATISTIC.c.contributors).where(
            released.RELEASED_STATISTIC.c.unit == "plant"
        )
        assert list(connection.execute(sums).scalars()) == [15] * 4  # three days and the week


def test_a_week_waits_for_a_day_of_it_that_cannot_be_published(stage: Stage) -> None:
    stage.send(written(people=CROWD))

    def fail(*arguments: Any) -> None:
        if "window_summary" in arguments[2] and "'day'" in repr(arguments[3]):
            raise RuntimeError

    event.listen(stage.engine, "before_cursor_execute", fail)
    assert stage.reach(WEEK.ends + LATER) == []
    event.remove(stage.engine, "before_cursor_execute", fail)
    closed = stage.reach(WEEK.ends + LATER + timedelta(minutes=1))

    assert closed == [*WEEK.split(DAY)[:3], WEEK]


def test_who_has_filled_their_week_weighs_nothing_on_its_later_days(stage: Stage) -> None:
    saturday = MONDAY + timedelta(days=5)
    stage.send([
        score(0.2, message=f"{person} {day} {each}", person=person, leaf="plant",
              local_day=MONDAY + timedelta(days=day))
        for person, first in [("busy", 0), *((f"quiet {n}", 5) for n in range(15))]
        for day in range(first, 6)
        for each in range(4 if person == "busy" else 1)
    ])  # fmt: skip
    stage.reach(WEEK.ends)

    sums = released.RELEASED_STATISTIC.c
    with database.reading(stage.engine).begin() as connection:
        found = connection.execute(
            select(sums.weight, sums.contributors).where(
                sums.unit == "plant", sums.window_start == saturday
            )
        )
        assert found.one() == (15, 15)


def test_without_a_unit_by_the_day_days_wait_as_long_as_weeks(engine: Engine) -> None:
    stage = Stage(engine)
    stage.send(written(people=CROWD))

    assert stage.reach(FIRST_DAY.ends + LATER - timedelta(seconds=1)) == []
    assert stage.count(pseudonymous.OPEN_SCORE) == 47 * 3
    assert stage.reach(WEEK.ends + LATER) == [WEEK]


@pytest.mark.parametrize(
    ("withdraws", "expected"),
    [(False, {"sales.a": 0.5, "sales.b": -0.5}), (True, {"sales.a": 0.5})],
)
def test_who_withdraws_between_a_day_and_its_week_is_not_what_is_left_of_both(
    engine: Engine, expected: dict[str, float], *, withdraws: bool
) -> None:
    # The days of sales minus the weeks of both below would be who withdrew.
    stage = Stage(engine)
    with database.writing(engine) as connection:
        cadences.keep(connection, "2024Q1", PLAN | {"sales.b": BY_WEEK})
    stage.send(written(people=CROWD))
    stage.reach(WEEK.ends)
    if withdraws:
        stage.send([withdrawal(person="sales.b 0 0")])
    stage.reach(WEEK.ends + LATER)

    assert shown(stage, WEEK) == EACH_DAY | expected


def test_the_first_window_of_a_quarter_keeps_its_plan_for_good(engine: Engine) -> None:
    stage = Stage(engine)
    stage.send(written())
    stage.reach(WEEK.ends + LATER)

    with database.reading(engine).begin() as connection:
        kept = connection.execute(select(released.CADENCE.c.unit, released.CADENCE.c.cadence))
        assert dict(tuple(row) for row in kept) == {
            "org": "week", "sales": "week", "sales.a": "week", "plant": "week",
            "sales.b": "four_weeks",
        }  # fmt: skip
    with pytest.raises(DBAPIError), database.writing(engine) as connection:
        connection.execute(released.CADENCE.update().values(cadence="day"))


def test_a_quarter_is_planned_from_what_the_one_before_released(engine: Engine) -> None:
    eligible = {"org": 400, "sales": 300, "sales.a": 150, "sales.b": 150, "plant": 100}
    stage = Stage(engine, eligible=eligible)
    with database.writing(engine) as connection:
        gateways.units(connection, units(PARENTS, eligible, "2024Q2"))
    people = {"sales.a": 110, "sales.b": 14, "plant": 13}
    stage.send(written(weeks=4, people=people))
    stage.reach(BLOCK.ends + LATER)
    monday = date(2024, 4, 22)
    stage.send(written(monday, people=people))
    closed = stage.reach(window_of(DAY, monday).ends + timedelta(minutes=15))

    assert closed == [window_of(DAY, monday)]
    with database.reading(engine).begin() as connection:
        assert cadences.plan_of(connection, "2024Q2", tree_in(connection, "2024Q2"), 10) == {
            "org": DAY,
            "sales": DAY,
            "sales.a": DAY,
            "sales.b": BY_WEEK,
            "plant": BY_WEEK,
        }


def test_readers_see_a_unit_by_the_day_with_its_newest_day(stage: Stage) -> None:
    stage.send(written(people=CROWD))
    stage.reach(WEEK.ends + LATER)

    with database.reading(stage.engine).begin() as connection:
        page = exposition.page(connection).decode()
        newest = indicators.windows(connection, DAY)[0]

    assert 'unit="plant"} 0.2' in page
    assert 'unit="sales.a"} 0.5' in page
    assert (newest.start, newest.published) == (MONDAY + timedelta(days=2), 3)
