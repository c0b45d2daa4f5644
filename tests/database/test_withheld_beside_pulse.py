"""A window that holds published hours asks who is still there beside them, in the databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from models.climate.windows import LATENESS, Cadence, Window, four_weeks_of, week_of, window_of
from services.alerts import cadences, database, ledger, replay
from services.alerts.closing import Closer
from services.alerts.tables.released import RECEIPT
from services.contracts.scores import ScoreV1
from tests.database.test_pulse import ELIGIBLE, LISTED, PARENTS, at, play, told, written
from tests.fakes.scores import MONDAY, deletion, mac, policy, score, withdrawal
from tests.fakes.stage import Stage

DAY, WEEK, FOUR = window_of(Cadence.DAY, MONDAY), week_of(MONDAY), four_weeks_of(MONDAY)
DAILY = dict.fromkeys(PARENTS, Cadence.DAY)
WEEKLY = dict.fromkeys(PARENTS, Cadence.WEEK)
EVERYBODY = {("valence", unit) for unit in PARENTS}
TakeBack = Callable[[str, range], list[ScoreV1]]


def stage_of(engine: Engine, plan: dict[str, Cadence]) -> Stage:
    """An organisation by that plan, whose gateway says that it stands before the first midnight."""
    stage = Stage(engine, LISTED, PARENTS, ELIGIBLE)
    with database.writing(engine) as connection:
        cadences.keep(connection, "2024Q1", plan)
    stage.reach(at(-1))
    return stage


@pytest.fixture
def daily(engine: Engine) -> Stage:
    return stage_of(engine, DAILY)


@pytest.fixture
def weekly(engine: Engine) -> Stage:
    return stage_of(engine, WEEKLY)


def early(leaf: str, people: range, hour: int = 8) -> list[ScoreV1]:
    """One message each of people who write in no other hour."""
    return [
        score(0.2, message=f"{leaf} early {n}", person=f"{leaf} early {n}", leaf=leaf, hour=hour)
        for n in people
    ]


def withdraw(leaf: str, people: range) -> list[ScoreV1]:
    """They opt out."""
    return [withdrawal(leaf=leaf, person=f"{leaf} early {n}") for n in people]


def delete(leaf: str, people: range) -> list[ScoreV1]:
    """They delete what they wrote."""
    return [
        deletion(leaf=leaf, message=f"{leaf} early {n}", person=f"{leaf} early {n}") for n in people
    ]


def edit(scores: list[ScoreV1]) -> list[ScoreV1]:
    """Newer versions of them."""
    return [one.model_copy(update={"version": 2}) for one in scores]


def morning(stage: Stage) -> None:
    """Twelve write in the first hour alone; then comes an hour of enough people."""
    first = [*early("a", range(6)), *early("b", range(6))]
    play(stage, [(8, first), (9, written(9, a=150, b=150))])
    assert list(told(stage)) == [9]


def close(stage: Stage, window: Window, closer: Closer | None = None) -> set[tuple[str, str]]:
    """What *window* publishes."""
    stage.reach(window.ends + LATENESS[window.cadence], closer)
    return set(stage.values(window))


def decisions(stage: Stage, window: Window) -> list[dict[str, int]]:
    """What receipts of *window* say was decided."""
    with database.reading(stage.engine).begin() as connection:
        found = select(RECEIPT.c.body).where(
            RECEIPT.c.cadence == window.cadence.value, RECEIPT.c.window_start == window.start
        )
        return [json.loads(body)["decisions"] for body in connection.execute(found).scalars()]


def on(stage: Stage, day: date, hour: int, scores: list[ScoreV1]) -> None:
    """The same messages on another day; their hour is decided."""
    stage.send([
        one.model_copy(update={"local_day": day, "digest": mac(f"{one.digest} {day}")})
        for one in scores
    ])  # fmt: skip
    stage.reach(at(hour + 1, 15, day))


def later_that_week(stage: Stage) -> None:
    """Two messages more of everybody, so that they are contributors to the week."""
    stage.send([
        one.model_copy(update={"local_day": MONDAY + timedelta(days=day),
                               "digest": one.digest[:-1] + str(day)})
        for day in (1, 2) for one in written(None, a=150, b=150)
    ])  # fmt: skip


@pytest.mark.parametrize("take_back", [withdraw, delete])
def test_a_day_is_published_while_k_are_left_outside_its_hour(
    daily: Stage, take_back: TakeBack
) -> None:
    morning(daily)
    daily.send([*take_back("a", range(1)), *take_back("b", range(1))])

    assert close(daily, DAY) == EVERYBODY


@pytest.mark.parametrize("take_back", [withdraw, delete])
def test_with_one_fewer_no_unit_of_the_day_is_published_and_none_of_what_holds_it(
    daily: Stage, take_back: TakeBack
) -> None:
    morning(daily)
    daily.send([*take_back("a", range(1)), *take_back("b", range(2))])
    later_that_week(daily)

    assert close(daily, DAY) == set()
    tuesday = window_of(Cadence.DAY, MONDAY + timedelta(days=1))
    assert close(daily, tuesday) == EVERYBODY  # no hour of it is published
    assert close(daily, WEEK) == set()
    assert close(daily, FOUR) == set()
    assert list(told(daily)) == [9]


@pytest.mark.parametrize(("gone", "expected"), [(2, EVERYBODY), (3, set())])
def test_a_week_asks_who_is_still_there_when_it_closes(
    weekly: Stage, gone: int, expected: set[tuple[str, str]]
) -> None:
    morning(weekly)
    later_that_week(weekly)
    weekly.reach(WEEK.ends + LATENESS[Cadence.WEEK] - timedelta(seconds=1))
    weekly.send(withdraw("a", range(gone)))

    assert close(weekly, WEEK) == expected


@pytest.mark.parametrize(("gone", "expected"), [(2, {"org", "b"}), (3, set())])
def test_a_week_asks_again_of_a_day_that_was_published(
    engine: Engine, gone: int, expected: set[str]
) -> None:
    stage = stage_of(engine, {"org": Cadence.DAY, "a": Cadence.WEEK, "b": Cadence.WEEK})
    morning(stage)
    later_that_week(stage)
    for day in range(7):
        close(stage, window_of(Cadence.DAY, MONDAY + timedelta(days=day)))
    assert set(stage.values(DAY)) == {("valence", "org")}
    stage.send(withdraw("a", range(gone)))

    # What is published of the whole is the sum of its days, and of the smaller unit nothing.
    assert close(stage, WEEK) == {("valence", unit) for unit in expected}


@pytest.mark.parametrize(("gone", "expected"), [(2, EVERYBODY), (3, set())])
def test_a_week_asks_of_each_of_its_days(
    weekly: Stage, gone: int, expected: set[tuple[str, str]]
) -> None:
    for day, first in ((1, range(100, 112)), (2, range(12))):
        for hour, scores in ((8, early("a", first)), (9, written(9, a=150, b=150))):
            on(weekly, MONDAY + timedelta(days=day), hour, scores)
    on(weekly, MONDAY + timedelta(days=3), 8, written(8, a=150, b=150))
    weekly.send(withdraw("a", range(gone)))

    assert close(weekly, WEEK) == expected


def test_those_in_the_hour_must_be_still_there_too(daily: Stage) -> None:
    # Of b nobody was early, so of the hour less the day those of a are what is told.
    play(daily, [(8, early("a", range(12))), (9, written(9, a=10, b=250))])
    assert list(told(daily)) == [9]
    daily.send([withdrawal(leaf="a", person="a 0")])

    assert close(daily, DAY) == set()


@pytest.mark.parametrize(("left", "expected"), [(9, set()), (10, EVERYBODY)])
def test_nobody_hides_behind_edits_of_what_the_hour_holds(
    daily: Stage, left: int, expected: set[tuple[str, str]]
) -> None:
    # Who mends a letter says the same in the day as in the hour: the one less the other is nought.
    play(daily, [(8, early("a", range(12))), (9, written(9, a=150, b=150))])
    daily.send(edit(written(9, a=20)))
    daily.send(withdraw("a", range(left, 12)))

    assert close(daily, DAY) == expected


def test_somebody_whose_week_was_full_before_is_not_there(daily: Stage) -> None:
    # Of six days of four messages the sixth moves no sum: nobody hides behind its author.
    saturday = MONDAY + timedelta(days=5)
    for day in range(5):
        daily.send([
            score(0.2, message=f"{n} {day} {each}", person=f"a early {n}", leaf="a",
                  local_day=MONDAY + timedelta(days=day))
            for n in range(3) for each in range(4)
        ])  # fmt: skip
    daily.reach(at(-1, day=saturday))
    for hour, scores in ((8, early("a", range(12))), (9, written(9, a=300))):
        on(daily, saturday, hour, scores)
    assert list(told(daily)) == [9]

    assert close(daily, window_of(Cadence.DAY, saturday)) == set()


def test_a_policy_that_stops_the_pulse_still_asks(daily: Stage) -> None:
    morning(daily)
    daily.send(withdraw("a", range(3)))
    silent = Closer(daily.engine, policy(indicators=["valence"]), daily.closer._name)  # noqa: SLF001

    assert close(daily, DAY, silent) == set()


@pytest.mark.parametrize(("gone", "expected"), [(1, EVERYBODY), (2, set())])
def test_an_hour_keeps_its_k_beside_a_policy_that_asks_for_less(
    engine: Engine, gone: int, expected: set[tuple[str, str]]
) -> None:
    stage = stage_of(engine, DAILY)
    asks = ["valence", "pulse"]
    strict = Closer(engine, policy(indicators=asks, k=11), stage.closer._name)  # noqa: SLF001
    for hour, scores in (
        (8, [*early("a", range(6)), *early("b", range(6))]),
        (9, written(9, a=150, b=150)),
    ):
        stage.send(scores)
        stage.reach(at(hour + 1, 15), strict)
    assert list(told(stage)) == [9]
    stage.send(withdraw("a", range(gone)))

    assert close(stage, DAY) == expected


def test_a_withheld_day_looks_like_one_of_too_few(daily: Stage) -> None:
    morning(daily)
    daily.send(withdraw("a", range(3)))
    close(daily, DAY)
    tuesday = window_of(Cadence.DAY, MONDAY + timedelta(days=1))
    few = early("b", range(20, 23))
    daily.send([one.model_copy(update={"local_day": tuesday.start}) for one in few])
    close(daily, tuesday)

    assert decisions(daily, DAY) == decisions(daily, tuesday) == [{"withheld": 3}]


def test_ledger_and_replay_hold_over_a_day_that_was_withheld(daily: Stage) -> None:
    morning(daily)
    daily.send(withdraw("a", range(3)))
    later_that_week(daily)
    for day in range(7):
        close(daily, window_of(Cadence.DAY, MONDAY + timedelta(days=day)))
    close(daily, WEEK)

    with database.reading(daily.engine).begin() as connection:
        assert ledger.verify(connection).holds
        made = list(replay.everything(connection))
    assert {one.window for one in made} >= {DAY, WEEK}
    assert [one.differences for one in made] == [()] * len(made)
