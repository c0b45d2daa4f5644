"""Collecting is exact, on SQLite and on PostgreSQL, however often and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select

from models.climate.windows import block
from models.language.labels import Driver, Language, Signal
from services.alerts import database, folding, gateways
from services.alerts.collector import Collected, collect
from services.alerts.tables.pseudonymous import FOLDED_DAY, OPEN_SCORE, PERSON_DAY, WITHDRAWN
from services.alerts.tables.released import LATE
from services.contracts.envelope import Kind
from services.contracts.scores import ScoreV1
from services.contracts.settled import Settlement
from tests.fakes.scores import MONDAY, SPOOL, deletion, mac, progress, score, withdrawal

NOW = datetime(2024, 2, 10, tzinfo=UTC)
sent = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(1, 3),
        st.sampled_from([Kind.POST, Kind.EDIT, Kind.DELETE, Kind.WITHDRAW]),
    ),
    max_size=14,
    unique=True,
)
Rows = set[tuple[str, int, int | None]]


def record(name: str, version: int, kind: Kind) -> ScoreV1:
    """One of the few records that the properties are about; each author wrote one message."""
    if kind is Kind.WITHDRAW:
        return withdrawal(person=name)
    if kind is Kind.DELETE:
        return deletion(message=name, person=name, version=version)
    return score(version / 10, message=name, person=name, version=version, kind=Kind.POST)


def collected(engine: Engine, batch: Sequence[ScoreV1]) -> Collected:
    with database.writing(engine) as connection:
        return collect(connection, batch)


def rows(engine: Engine) -> Rows:
    columns = OPEN_SCORE.c.digest, OPEN_SCORE.c.version, OPEN_SCORE.c.valence_micro
    with database.reading(engine).begin() as connection:
        return {(d, v, m) for d, v, m in connection.execute(select(*columns))}


def after(engine: Engine, batches: Sequence[Sequence[ScoreV1]]) -> Rows:
    with database.writing(engine) as connection:
        for table in (OPEN_SCORE, WITHDRAWN):
            connection.execute(delete(table))
    for batch in batches:
        collected(engine, batch)
    return rows(engine)


@given(sent, st.randoms(use_true_random=False), st.integers(0, 28))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_replays_duplicates_and_disorder_change_nothing(
    engine: Engine, sent: list[tuple[str, int, Kind]], rng: Random, cut: int
) -> None:
    once = [record(*each) for each in sent]
    again = rng.sample(once * 2, len(once) * 2)

    assert after(engine, [again[:cut], again[cut:]]) == after(engine, [[s] for s in once])


def test_the_newest_version_counts(engine: Engine) -> None:
    collected(engine, [score(0.9, version=3), score(-0.5, version=2)])
    collected(engine, [score(0.1, version=1)])

    assert rows(engine) == {(mac("message"), 3, 900_000)}


def test_a_post_that_arrives_after_its_deletion_stays_deleted(engine: Engine) -> None:
    collected(engine, [deletion()])
    collected(engine, [score(0.5)])

    assert rows(engine) == {(mac("message"), 2, None)}


def test_of_an_edit_and_a_deletion_with_one_version_the_deletion_wins(engine: Engine) -> None:
    collected(engine, [score(0.5, version=2), deletion(version=2), score(0.4, version=2)])

    assert rows(engine) == {(mac("message"), 2, None)}


def test_a_withdrawal_removes_all_of_that_person_and_of_nobody_else(engine: Engine) -> None:
    collected(engine, [score(message="1"), score(message="2"), score(message="3", person="else")])
    collected(engine, [withdrawal()])

    assert rows(engine) == {(mac("3"), 1, 500_000)}


def test_what_arrives_of_somebody_after_their_withdrawal_is_not_kept(engine: Engine) -> None:
    collected(engine, [withdrawal(seq=1)])
    found = collected(engine, [score(seq=2)])

    assert rows(engine) == set()
    assert found.settled == {Settlement.COLLECTED: {SPOOL: (2,)}}


def test_a_withdrawal_removes_what_was_folded_already(engine: Engine) -> None:
    collected(engine, [score(), score(message="other", person="else")])
    with database.writing(engine) as connection:
        folding.fold(connection, MONDAY, NOW)
    collected(engine, [withdrawal(local_day=MONDAY + timedelta(days=9))])

    with engine.begin() as connection:
        left = connection.execute(select(PERSON_DAY.c.pid)).scalars().all()
    assert left == [mac("else")]


def test_a_message_in_a_frozen_language_counts_for_nothing(engine: Engine) -> None:
    batch = [
        score(message=str(number), person=str(number), language=language)
        for number, language in enumerate((Language.EN, Language.FR, None))
    ]
    collected(engine, batch)
    with database.writing(engine) as connection:
        folded = folding.fold(connection, MONDAY, NOW, frozen=[Language.FR])
        left = connection.execute(select(PERSON_DAY.c.pid)).scalars().all()
        models = connection.execute(select(FOLDED_DAY.c.models)).scalar_one()

    assert folded == 3
    assert set(left) == {mac("0"), mac("2")}
    assert len(models) == 1


def test_a_day_in_a_frozen_language_alone_opens_no_week(engine: Engine) -> None:
    collected(engine, [score(language=Language.NL)])
    with database.writing(engine) as connection:
        folding.fold(connection, MONDAY, NOW, frozen=[Language.NL])
        models = connection.execute(select(FOLDED_DAY.c.models)).scalar_one()

    assert models == []


def test_a_withdrawal_in_one_block_leaves_the_next_block_alone(engine: Engine) -> None:
    later = MONDAY + timedelta(days=28)
    collected(engine, [score(local_day=later, message="later")])
    collected(engine, [withdrawal()])

    assert len(rows(engine)) == 1
    assert block(later) != block(MONDAY)


def test_a_message_of_a_folded_day_is_late_and_counts_once(engine: Engine) -> None:
    with database.writing(engine) as connection:
        folding.fold(connection, MONDAY, NOW)
    late = score(seq=7)
    fine = score(message="fine", seq=8, local_day=MONDAY + timedelta(days=1))

    found = [collected(engine, [late, fine]) for _ in range(2)]

    assert found[0] == found[1]
    assert found[0].settled == {
        Settlement.COLLECTED: {SPOOL: (8,)},
        Settlement.LATE: {SPOOL: (7,)},
    }
    assert {digest for digest, *_ in rows(engine)} == {mac("fine")}
    with engine.begin() as connection:
        counted = connection.execute(select(LATE.c.cadence, LATE.c.window_start, LATE.c.count))
        assert {tuple(row) for row in counted} == {("week", MONDAY, 1), ("four_weeks", MONDAY, 1)}


def test_a_message_of_a_day_on_which_nobody_wrote_is_late_once_a_later_day_has_folded(
    engine: Engine,
) -> None:
    with database.writing(engine) as connection:
        folding.fold(connection, MONDAY + timedelta(days=1), NOW)

    found = collected(engine, [score(seq=7), score(seq=8, local_day=MONDAY + timedelta(days=2))])

    assert found.settled == {Settlement.COLLECTED: {SPOOL: (8,)}, Settlement.LATE: {SPOOL: (7,)}}


def test_what_was_settled_before_its_day_folded_is_a_repeat_and_not_late(engine: Engine) -> None:
    collected(engine, [score(seq=7)])
    with database.writing(engine) as connection:
        gateways.progress(connection, progress(NOW, settled_below=8))
        folding.fold(connection, MONDAY, NOW)

    repeated = collected(engine, [score(seq=7), score(seq=8, message="late")])

    assert repeated.settled == {Settlement.LATE: {SPOOL: (8,)}}
    with engine.begin() as connection:
        assert set(connection.execute(select(LATE.c.count)).scalars()) == {1}


def test_every_seq_is_settled_by_spool_even_where_a_version_is_superseded(engine: Engine) -> None:
    found = collected(
        engine,
        [score(seq=2, version=1), score(seq=5, version=2), score(seq=9, spool_id="spool-2")],
    )

    assert found.settled == {Settlement.COLLECTED: {SPOOL: (2, 5), "spool-2": (9,)}}


def test_a_batch_larger_than_a_statement_is_kept_whole(engine: Engine) -> None:
    many = [score(message=str(i), person=str(i % 7), seq=i + 1) for i in range(1_203)]
    collected(engine, many)

    with engine.begin() as connection:
        kept = connection.execute(select(func.count()).select_from(OPEN_SCORE)).scalar_one()
    assert kept == 1_203


def test_signals_and_drivers_survive_as_bits(engine: Engine) -> None:
    collected(
        engine,
        [score(signals=(Signal.TURNOVER_INTENT, Signal.COMMITMENT), drivers=(Driver.RECOGNITION,))],
    )

    with engine.begin() as connection:
        bits = connection.execute(select(OPEN_SCORE.c.signals, OPEN_SCORE.c.drivers)).one()
    assert tuple(bits) == (0b1000_0001, 0b10)
