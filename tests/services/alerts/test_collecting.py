"""The collector's step: effects first, then words about them, and no record stops it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import OperationalError

from models.climate.windows import week_of
from services.alerts import database, gateways, indicators
from services.alerts.collecting import Collecting
from services.alerts.tables.pseudonymous import CHANNEL_PLACE, MISSED, OPEN_SCORE
from services.contracts import channels, dead_letters, progress, scores, settled, units
from services.contracts.bus import Incoming
from services.contracts.channels import ChannelsV1
from services.contracts.dead_letters import DeadLetterV1
from services.contracts.failures import Dependency, Unavailable
from services.contracts.record import Record
from services.contracts.settled import SettledV1, Settlement
from tests.fakes import scores as fakes
from tests.fakes.bus import MemorySender
from tests.fakes.scores import MONDAY, SPOOL, score
from tests.fakes.stage import ELIGIBLE, PARENTS

DUE = week_of(MONDAY).ends + timedelta(hours=48)


@dataclass
class Bench:
    """The step on a real database and a producer that keeps what it is given."""

    engine: Engine
    sender: MemorySender = field(default_factory=MemorySender)
    waited: list[Dependency] = field(default_factory=list)

    @property
    def step(self) -> Collecting:
        return Collecting(self.engine, self.sender, self.waited.append)

    def open_scores(self) -> int:
        with database.reading(self.engine).begin() as connection:
            return connection.execute(select(func.count()).select_from(OPEN_SCORE)).scalar_one()

    def settled(self) -> list[SettledV1]:
        return [SettledV1.from_bytes(value) for value in self.sender.values(settled.TOPIC)]

    def dead(self) -> list[DeadLetterV1]:
        return [DeadLetterV1.from_bytes(v) for v in self.sender.values(dead_letters.TOPIC)]


@pytest.fixture
def bench(place: Path) -> Iterator[Bench]:
    engine = database.open_engine(place)
    yield Bench(engine)
    engine.dispose()


def incoming(topic: str, records: Sequence[Record | bytes]) -> list[Incoming]:
    values = [each if isinstance(each, bytes) else each.to_bytes() for each in records]
    return [Incoming(topic, 2, 40 + i, b"key", value) for i, value in enumerate(values)]


async def test_scores_are_collected_and_their_spool_is_told(bench: Bench) -> None:
    batch = incoming(scores.TOPIC, [score(seq=3), score(seq=4, message="other")])
    await bench.step.scores(batch)

    assert bench.open_scores() == 2
    assert bench.settled() == [
        SettledV1(spool_id=SPOOL, seqs=(3, 4), settlement=Settlement.COLLECTED)
    ]


async def test_a_malformed_score_is_set_aside_and_the_next_one_is_collected(bench: Bench) -> None:
    batch = incoming(scores.TOPIC, [b'{"canary": "words"', score(seq=9)])
    await bench.step.scores(batch)

    (letter,) = bench.dead()
    assert (letter.topic, letter.partition, letter.offset) == (scores.TOPIC, 2, 40)
    assert b"canary" not in letter.to_bytes()
    assert bench.settled()[0].seqs == (9,)


async def test_a_broker_that_does_not_answer_is_told_later_and_nothing_is_collected_twice(
    bench: Bench,
) -> None:
    bench.sender.loses, bench.sender.refuses = 1, 1
    await bench.step.scores(incoming(scores.TOPIC, [score(seq=3)]))

    assert bench.waited == ["broker", "broker"]
    assert bench.open_scores() == 1
    assert [each.seqs for each in bench.settled()] == [(3,)]


async def test_a_database_that_does_not_answer_leaves_the_batch_to_be_tried_again(
    bench: Bench,
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("", None, Exception())

    event.listen(bench.engine, "before_cursor_execute", locked)
    with pytest.raises(Unavailable):
        await bench.step.scores(incoming(scores.TOPIC, [score(seq=3)]))
    event.remove(bench.engine, "before_cursor_execute", locked)

    assert bench.sender.sent == []
    await bench.step.scores(incoming(scores.TOPIC, [score(seq=3)]))
    assert bench.open_scores() == 1


async def test_the_newest_progress_of_a_batch_counts(bench: Bench) -> None:
    words = [fakes.progress(DUE, DUE), fakes.progress(DUE - timedelta(days=1), DUE - timedelta(1))]
    await bench.step.progress(incoming(progress.TOPIC, [*words, b"{}"]))

    with database.reading(bench.engine).begin() as connection:
        (known,) = gateways.known(connection)
    assert known.owes_nothing_until == DUE
    assert len(bench.dead()) == 1


async def test_units_that_are_no_tree_are_set_aside_and_the_next_ones_are_kept(
    bench: Bench,
) -> None:
    orphan = fakes.units({"org": None, "lost": "nobody"}, {}, "2024Q2")
    cycle = fakes.units({"org": None, "a": "b", "b": "a"}, {}, "2024Q2")
    good = fakes.units(PARENTS, ELIGIBLE, "2024Q3")
    await bench.step.units(incoming(units.TOPIC, [orphan, cycle, b"[", good]))

    with database.reading(bench.engine).begin() as connection:
        assert len(indicators.units(connection, "2024Q3")) == len(PARENTS)
        assert indicators.units(connection, "2024Q2") == ()
    assert [letter.offset for letter in bench.dead()] == [40, 41, 42]


async def test_places_are_kept_and_a_record_that_is_none_does_not_stop_the_next(
    bench: Bench,
) -> None:
    first, second = (
        ChannelsV1(spool_id=SPOOL, block=1, places=tuple(fakes.mac(name) for name in names))
        for names in ("ab", "bcb")
    )
    after_all_time = b'{"spool_id":"spool-1","block":1000000,"places":[]}'
    await bench.step.channels(incoming(channels.TOPIC, [first, b"[", after_all_time, second]))

    with database.reading(bench.engine).begin() as connection:
        kept = set(connection.execute(select(CHANNEL_PLACE.c.place)).scalars())
    assert kept == {fakes.mac("b"), fakes.mac("c")}
    assert [letter.offset for letter in bench.dead()] == [41, 42]


async def test_what_was_set_aside_unscored_is_noted_once_and_our_own_word_is_not(
    bench: Bench,
) -> None:
    lost = SettledV1(spool_id=SPOOL, seqs=(5, 6), settlement=Settlement.EXPIRED)
    ours = SettledV1(spool_id=SPOOL, seqs=(7,), settlement=Settlement.COLLECTED)
    await bench.step.progress(incoming(progress.TOPIC, [fakes.progress(DUE)]))
    for _ in range(2):
        await bench.step.settlements(incoming(settled.TOPIC, [lost, ours]))

    with database.reading(bench.engine).begin() as connection:
        assert set(connection.execute(select(MISSED.c.seq)).scalars()) == {5, 6}
