"""What a day keeps of published hours when it folds: who wrote in which, and who outside."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from services.alerts import database, folding, gateways, migrations
from services.alerts.tables.pseudonymous import OPEN_SCORE, OUTSIDE, PERSON_DAY
from services.contracts.scores import ScoreV1
from tests.database.test_pulse import ELIGIBLE, LISTED, PARENTS, at, kept, play, told, written
from tests.database.test_withheld_beside_pulse import (
    DAILY,
    DAY,
    EVERYBODY,
    FOUR,
    close,
    early,
    edit,
    morning,
    stage_of,
    withdraw,
)
from tests.fakes.scores import MONDAY, deletion, mac, policy, units
from tests.fakes.stage import Stage

ELSEWHERE = 1 << OUTSIDE
"""The bit of who wrote in no published hour."""


@pytest.fixture
def daily(engine: Engine) -> Stage:
    return stage_of(engine, DAILY)


def in_hours(stage: Stage) -> dict[int | None, int]:
    """How many person-days say which hours."""
    with database.reading(stage.engine).begin() as connection:
        rows = connection.execute(select(PERSON_DAY.c.in_hours)).scalars().all()
    return {bits: rows.count(bits) for bits in set(rows)}


def test_what_came_late_or_says_no_hour_counts_as_outside_and_what_was_edited_does_not(
    daily: Stage,
) -> None:
    morning(daily)
    daily.send(withdraw("a", range(6)))
    daily.send([*early("a", range(10, 12), hour=9), *early("a", range(20, 22))])  # late
    daily.send(edit(written(9, a=1)))

    assert close(daily, DAY) == EVERYBODY
    hour = 1 << 9
    assert in_hours(daily) == {hour: 300, ELSEWHERE: 6 + 4}


def test_an_edit_that_says_another_day_is_in_no_hour_of_that(daily: Stage) -> None:
    morning(daily)
    daily.send(
        [
            one.model_copy(update={"local_day": DAY.end_exclusive})
            for one in edit(written(9, a=150, b=150))
        ]
    )

    assert kept(daily, published=True) == set()


def test_what_is_written_again_after_a_deletion_is_still_in_its_hour(daily: Stage) -> None:
    morning(daily)
    gone = [deletion(leaf="a", message="a 0 9", person="nobody", version=2)]
    daily.send(gone)
    daily.send([one.model_copy(update={"version": 3}) for one in written(9, a=1)])

    close(daily, DAY)
    assert in_hours(daily) == {1 << 9: 300, ELSEWHERE: 12}


def test_a_person_in_an_hour_and_outside_it_is_both(daily: Stage) -> None:
    play(daily, [(8, written(8, a=300)), (9, written(9, a=300)), (10, written(10, a=260))])

    assert list(told(daily)) == [9, 10]
    close(daily, DAY)
    both = 1 << 9 | ELSEWHERE
    assert in_hours(daily) == {both: 40, both | 1 << 10: 260}


def test_who_has_moved_is_one_person_in_the_hour_and_outside_it(daily: Stage) -> None:
    # Ten wrote early from a, where they count, and from b in the hour: nobody else of a did.
    moved = [
        one.model_copy(update={"leaf": "b", "digest": mac(one.digest)})
        for one in early("a", range(10), hour=9)
    ]
    play(daily, [(8, early("a", range(10))), (9, [*written(9, b=250), *moved])])
    assert list(told(daily)) == [9]

    assert close(daily, DAY) == EVERYBODY
    assert in_hours(daily) == {1 << 9: 250 + 10, ELSEWHERE: 10}  # two rows of each who moved


def test_what_was_frozen_when_the_hour_was_published_is_outside_it(engine: Engine) -> None:
    frozen = policy(indicators=["valence", "pulse"], frozen_languages=["fr"])
    stage = Stage(engine, frozen, PARENTS, ELIGIBLE)
    stage.reach(at(-1))
    french = [
        ScoreV1(**(one.model_dump() | {"language": "fr", "digest": mac(one.digest)}))
        for one in early("a", range(8), hour=9)
    ]
    play(stage, [(8, early("a", range(12))), (9, [*written(9, a=300), *french])])
    assert list(told(stage)) == [9]
    with database.writing(engine) as connection:
        folding.fold(connection, MONDAY, stage.now)

    assert in_hours(stage) == {1 << 9: 300, ELSEWHERE: 12}


def test_who_has_no_home_is_in_no_hour_until_a_tree_has_one(engine: Engine) -> None:
    stage = Stage(engine, LISTED, PARENTS, ELIGIBLE)
    stage.reach(at(-1))
    new = [one.model_copy(update={"leaf": "c"}) for one in early("b", range(8), hour=9)]
    play(stage, [(8, early("a", range(12))), (9, [*written(9, a=300), *new])])
    assert list(told(stage)) == [9]
    with database.writing(engine) as connection:
        gateways.units(connection, units(PARENTS | {"c": "org"}, ELIGIBLE | {"c": 9}, "2024Q1"))
        folding.fold(connection, MONDAY, stage.now)

    assert in_hours(stage) == {1 << 9: 300, ELSEWHERE: 12 + 8}


def test_where_no_hour_is_published_nothing_is_kept_and_nothing_asked(daily: Stage) -> None:
    play(daily, [(8, early("a", range(12))), (9, written(9, a=240))])
    daily.send(withdraw("a", range(12)))
    assert told(daily) == {}

    assert close(daily, DAY) == {("valence", "org"), ("valence", "a")}
    assert in_hours(daily) == {None: 240}


def test_withdrawals_take_the_hours_of_a_day_that_has_folded_with_them(daily: Stage) -> None:
    morning(daily)
    close(daily, DAY)
    daily.send([*withdraw("a", range(6)), *withdraw("b", range(6))])

    assert in_hours(daily) == {1 << 9: 300}
    assert daily.count(OPEN_SCORE) == 0
    close(daily, FOUR)
    assert in_hours(daily) == {}


def test_an_hour_that_an_older_version_published_keeps_its_windows_back(daily: Stage) -> None:
    morning(daily)
    with database.writing(daily.engine) as connection:
        # So it was left: what a published hour held said no hour any more.
        connection.execute(OPEN_SCORE.update().values(in_pulse=False, hour=None))

    assert close(daily, DAY) == set()
    assert in_hours(daily) == {ELSEWHERE: 312}


def test_a_step_back_lets_go_of_the_hours_of_messages(daily: Stage) -> None:
    morning(daily)
    close(daily, DAY)
    daily.send(
        [one.model_copy(update={"local_day": DAY.end_exclusive}) for one in written(15, a=1)]
    )
    assert kept(daily) == {15}
    with database.writing(daily.engine) as connection:
        connection.execute(OPEN_SCORE.update().values(in_pulse=True))

    migrations.downgrade(daily.engine, "0013")
    migrations.upgrade(daily.engine)

    assert kept(daily) == kept(daily, published=True) == set()
    assert in_hours(daily) == {None: 312}
