"""The pulse from collected scores to what is published, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from models.climate.windows import week_of
from services.alerts import database, gateways, ledger
from services.alerts.closing import Closer
from services.alerts.tables.pseudonymous import CLOSER, OPEN_SCORE
from services.alerts.tables.released import LEDGER, PUBLISHED_PULSE, RELEASED_PULSE
from services.contracts.scores import ScoreV1
from tests.fakes.scores import MONDAY, deletion, policy, progress, score, withdrawal
from tests.fakes.stage import Stage

PARENTS: dict[str, str | None] = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 600, "a": 300, "b": 300}
LISTED = policy(indicators=["valence", "pulse"])
LATER = timedelta(minutes=15)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """That time on *day*, in UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour, minutes=minute)


def written(hour: int | None, valence: float = 0.2, **people: int) -> list[ScoreV1]:
    """So many people of each leaf write one message in the *hour*."""
    return [
        score(
            valence,
            message=f"{leaf} {person} {hour}",
            person=f"{leaf} {person}",
            leaf=leaf,
            hour=hour,
        )
        for leaf, count in people.items()
        for person in range(count)
    ]


@pytest.fixture
def stage(engine: Engine) -> Stage:
    """An organisation whose gateway has said that it stands at midnight."""
    stage = Stage(engine, LISTED, PARENTS, ELIGIBLE)
    stage.reach(at(-1))
    return stage


def told(stage: Stage) -> dict[int, float]:
    with database.reading(stage.engine).begin() as connection:
        rows = connection.execute(select(PUBLISHED_PULSE.c.hour, PUBLISHED_PULSE.c.value))
        return dict(sorted(tuple(row) for row in rows))


def kept(stage: Stage, *, published: bool = False) -> set[int]:
    """Hours that open messages still say, which are published or not."""
    column = OPEN_SCORE.c.hour
    said = column.is_not(None), OPEN_SCORE.c.in_pulse.is_(published)
    with database.reading(stage.engine).begin() as connection:
        return set(connection.execute(select(column).where(*said).distinct()).scalars())


def play(stage: Stage, seen: Iterable[tuple[int, list[ScoreV1]]]) -> None:
    """Each hour's messages come in it, and it is decided."""
    for hour, scores in seen:
        stage.send(scores)
        stage.reach(at(hour + 1) + LATER)


def test_an_hour_is_published_a_quarter_of_an_hour_after_its_end(stage: Stage) -> None:
    stage.send(written(8, a=150, b=150))
    stage.send(written(9, 0.42, a=150, b=150))
    stage.reach(at(10) + LATER - timedelta(seconds=1))
    assert told(stage) == {}

    stage.reach(at(10) + LATER)

    # The first hour is kept back; 0.42 is nearest to 0.40 in steps of a twentieth.
    assert told(stage) == {9: 0.4}
    with database.reading(stage.engine).begin() as connection:
        row = connection.execute(select(PUBLISHED_PULSE)).one()
        sums = connection.execute(select(RELEASED_PULSE)).one()
    assert (row.unit, row.band, row.published_at) == ("org", "100+", stage.now)
    assert (sums.weight, sums.weighted_micro, sums.band) == (300, 300 * 420_000, "100+")


def test_it_waits_for_every_gateway_that_speaks(stage: Stage) -> None:
    stage.send([*written(8, a=300), *written(9, a=300)])
    with database.writing(stage.engine) as connection:
        slow = progress(at(9), at(10, 20), spool_id="spool-2")
        gateways.progress(connection, slow)
    stage.reach(at(10, 20))
    assert told(stage) == {}

    stage.reach(at(10, 40))  # the lease of the slow one is over

    assert list(told(stage)) == [9]


def test_a_person_weighs_four_at_most_and_counts_once(stage: Stage) -> None:
    loud = [
        score(-1, message=f"loud {n}", person="a 0", leaf="a", hour=9) for n in range(9)
    ]  # nine, and the one that everybody writes
    play(stage, [(8, written(8, a=300)), (9, [*written(9, 1.0, a=300), *loud])])

    with database.reading(stage.engine).begin() as connection:
        sums = connection.execute(select(RELEASED_PULSE)).one()
    assert (sums.weight, sums.weighted_micro) == (303, 299 * 1_000_000 - 3_200_000)


def test_hours_that_would_single_somebody_out_beside_the_day_are_kept_back(stage: Stage) -> None:
    play(stage, [
        (7, written(7, a=9)),  # nine people who were awake early
        (8, written(8, a=300)),
        (9, written(9, a=200, b=100)),  # with the hour before: now there are others
        (10, written(10, a=249)),
    ])  # fmt: skip

    assert told(stage) == {9: 0.2}


def test_what_comes_late_counts_for_the_day_and_changes_no_hour(stage: Stage) -> None:
    play(stage, [(8, written(8, a=300)), (9, written(9, a=240))])
    stage.send(written(9, -1.0, b=200))  # with them it would have been an hour of enough people
    stage.send(written(7, -1.0, b=260))  # and so would this one
    play(stage, [(10, written(10, a=300))])

    assert told(stage) == {10: 0.2}
    assert stage.count(OPEN_SCORE) == 300 + 240 + 460 + 300
    stage.reach(week_of(MONDAY).ends + timedelta(hours=48))
    # (840 x 0.2 - 460) / 1300: the week holds them.
    assert stage.values(week_of(MONDAY)) == {("valence", "org"): (-0.22, "100+")}
    assert told(stage) == {10: 0.2}


def test_a_silent_hour_that_has_passed_takes_no_message_any_more(stage: Stage) -> None:
    play(stage, [(8, written(8, a=300)), (9, [])])
    stage.send(written(9, a=300))
    stage.reach(at(12))

    assert told(stage) == {}


def test_published_hours_are_final_whatever_is_edited_deleted_or_withdrawn(stage: Stage) -> None:
    play(stage, [(8, written(8, a=300)), (9, written(9, 0.2, a=300))])
    before = told(stage)
    again = [s.model_copy(update={"version": 2}) for s in written(9, -1.0, a=150)]
    stage.send(again)
    stage.send([withdrawal(person=f"a {n}", leaf="a") for n in range(150, 300)])
    stage.reach(at(20))

    assert told(stage) == before == {9: 0.2}
    with pytest.raises(DBAPIError), database.writing(stage.engine) as connection:
        connection.execute(PUBLISHED_PULSE.update().values(value=0.0))
    with pytest.raises(DBAPIError), database.writing(stage.engine) as connection:
        connection.execute(RELEASED_PULSE.delete())


def test_who_has_withdrawn_or_deleted_before_is_in_no_hour_and_hides_none(stage: Stage) -> None:
    play(stage, [(8, written(8, a=15))])
    gone = written(8, a=15)[9:]
    stage.send([withdrawal(person=f"a {n}", leaf="a") for n in (0, 1, 2)])
    stage.send([deletion(leaf="a").model_copy(update={"digest": s.digest}) for s in gone])
    play(stage, [(9, written(9, a=300)[3:])])  # six are left of the hour before

    assert told(stage) == {}


@pytest.mark.parametrize(
    "changed", [{"countable": False}, {"leaf": "elsewhere"}, {"language": "fr"}]
)
def test_who_counts_in_no_window_counts_in_no_hour(engine: Engine, changed: dict[str, Any]) -> None:
    rules = policy(indicators=["pulse"], frozen_languages=["fr"])
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)
    stage.reach(at(-1))
    others = [ScoreV1(**(s.model_dump() | changed)) for s in written(9, -1.0, b=200)]
    play(stage, [(8, written(8, a=300)), (9, [*written(9, a=240), *others])])
    assert told(stage) == {}

    play(stage, [(10, [*written(10, a=300), *others[:9]])])
    assert told(stage) == {10: 0.2}


def test_somebody_who_moved_counts_where_the_day_counts_them(stage: Stage) -> None:
    # Ten moved from b to a: in the sums of the day they are in b, so nobody of a was awake at 8.
    tuesday = MONDAY + timedelta(days=1)
    stage.send([score(0.1, message=f"old {n}", person=f"a {n}", leaf="b") for n in range(10)])
    for hour, scores in ((8, written(8, a=10)), (9, written(9, a=300)[10:])):
        stage.send([one.model_copy(update={"local_day": tuesday}) for one in scores])
        stage.reach(at(hour + 1, 15, tuesday))

    assert told(stage) == {}


def test_a_day_that_is_over_says_published_hours_alone(stage: Stage) -> None:
    play(stage, [(8, written(8, a=300)), (9, written(9, a=300)), (10, written(10, a=20))])
    assert kept(stage) == {8, 10}

    stage.reach(at(24) + LATER - timedelta(seconds=1))
    assert kept(stage) == {8, 10}
    stage.reach(at(24) + LATER)

    assert kept(stage) == set()
    assert kept(stage, published=True) == {9}
    assert stage.count(OPEN_SCORE) == 620


@pytest.mark.parametrize(
    "rules", [policy(), policy(indicators=["valence", "pulse"], differential_privacy="on")]
)
def test_where_no_pulse_is_made_no_hour_is_kept(engine: Engine, rules: Any) -> None:
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)
    stage.reach(at(-1))
    play(stage, [(8, written(8, a=300)), (9, written(9, a=300))])

    assert (kept(stage), told(stage)) == (set(), {})


def test_a_policy_that_stops_the_pulse_lets_go_of_hours_that_are_not_published(
    stage: Stage,
) -> None:
    play(stage, [(8, written(8, a=300)), (9, written(9, a=300))])
    stage.send(written(10, a=300))
    assert kept(stage) == {8, 10}

    Closer(stage.engine, policy(), stage.closer._name).close_due(stage.now)  # noqa: SLF001

    assert kept(stage) == set()
    assert kept(stage, published=True) == {9}
    stage.send(written(11, a=300))
    assert kept(stage) == set()


def test_where_the_pulse_begins_the_hour_that_has_begun_is_left_out(engine: Engine) -> None:
    stage = Stage(engine, LISTED, PARENTS, ELIGIBLE)
    stage.reach(at(9, 20))
    stage.send([*written(8, a=300), *written(9, a=300), *written(10, a=300), *written(11, a=300)])

    assert kept(stage) == {10, 11}
    stage.reach(at(12) + LATER)
    assert list(told(stage)) == [11]


def test_where_the_pulse_begins_again_no_published_hour_is_decided_once_more(stage: Stage) -> None:
    play(stage, [(8, written(8, a=300)), (9, written(9, a=300))])
    name = stage.closer._name  # noqa: SLF001
    Closer(stage.engine, policy(), name).close_due(stage.now)
    stage.now += timedelta(hours=3)  # nobody speaks, so nobody says where the hours stand
    again = Closer(stage.engine, LISTED, name)
    again.close_due(stage.now)
    stage.send([*written(7, b=300), *written(9, b=300)])
    stage.send([*written(14, b=300), *written(15, b=300)])
    stage.reach(at(16) + LATER, again)

    assert list(told(stage)) == [9, 15]


def test_an_import_that_leaps_over_days_decides_each_hour_in_its_order(stage: Stage) -> None:
    for day in range(3):
        stage.send([
            s.model_copy(update={"local_day": MONDAY + timedelta(days=day),
                                 "digest": s.digest[:-1] + str(day)})
            for hour in (8, 9, 10) for s in written(hour, a=300)
        ])  # fmt: skip
    stage.reach(at(0, day=MONDAY + timedelta(days=6)))

    with database.reading(stage.engine).begin() as connection:
        entries = connection.execute(select(LEDGER.c.body).order_by(LEDGER.c.seq)).scalars().all()
        assert ledger.verify(connection).holds
    assert len(entries) == 6
    assert kept(stage) == set()


def test_an_expired_policy_publishes_no_hour(engine: Engine) -> None:
    rules = policy(indicators=["pulse"], expires=MONDAY)
    stage = Stage(engine, rules, PARENTS, ELIGIBLE)
    stage.reach(at(-1))
    stage.send([*written(22, a=300), *written(23, a=300)])
    stage.reach(at(24) + LATER)  # the day after

    assert told(stage) == {}


def test_an_hour_without_noise_lets_its_block_publish_nothing_under_noise(stage: Stage) -> None:
    play(stage, [(8, written(8, a=300)), (9, written(9, a=300))])
    stage.send(written(10, a=300))
    noisy = policy(indicators=["valence", "pulse"], differential_privacy="on")
    closer = Closer(stage.engine, noisy, stage.closer._name)  # noqa: SLF001
    closed = stage.reach(week_of(MONDAY).ends + timedelta(hours=48), closer)

    assert closed == [week_of(MONDAY)]
    assert stage.values(week_of(MONDAY)) == {}


def test_a_block_that_began_under_noise_has_no_pulse(engine: Engine) -> None:
    noisy = policy(indicators=["valence", "pulse"], differential_privacy="on")
    stage = Stage(engine, noisy, PARENTS, ELIGIBLE)
    stage.send(written(None, a=300))
    stage.reach(week_of(MONDAY).ends + timedelta(hours=48))
    following = MONDAY + timedelta(weeks=2)
    closer = Closer(stage.engine, LISTED, stage.closer._name)  # noqa: SLF001
    stage.reach(at(-1, day=following), closer)
    for hour in (8, 9, 10):
        stage.send([s.model_copy(update={"local_day": following}) for s in written(hour, a=300)])
        stage.reach(at(hour + 1, 15, following), closer)

    assert told(stage) == {}


def test_without_a_tree_an_hour_is_kept_back(engine: Engine) -> None:
    stage = Stage(engine, LISTED, {}, {})
    stage.reach(at(-1))
    play(stage, [(8, written(8, a=300)), (9, written(9, a=300))])

    assert told(stage) == {}
    with database.reading(engine).begin() as connection:
        assert connection.execute(select(CLOSER.c.pulsed_until)).scalar_one() == at(10)
