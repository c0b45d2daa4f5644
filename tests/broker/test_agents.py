"""How our workers read a topic, against a broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NoReturn
from uuid import uuid4

import faust
import pytest
from faust.types import TP

from services.contracts import agents, bus
from services.contracts.bus import Incoming, Outgoing
from services.contracts.tansu import true_ends
from services.process.liveness import Liveness
from tests.broker.conftest import Broker

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def unexpected(bug: BaseException) -> NoReturn:
    raise AssertionError from bug


class Reading:
    """A worker that keeps what it acknowledged, and does with a batch what it is told."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.seen: list[bytes] = []
        self.open = asyncio.Event()
        self.open.set()
        self.holding = asyncio.Event()
        self.liveness = Liveness(0.2)

    async def handle(self, records: Sequence[Incoming]) -> None:
        """Take a batch."""
        self.holding.set()
        await self.open.wait()
        self.seen += [record.value for record in records]

    @asynccontextmanager
    async def at(self, broker: Broker, group: str) -> AsyncIterator[faust.App]:
        """Read the topic as a member of *group*."""
        app = agents.faust_app(
            group,
            broker.address,
            embedded=broker.embedded,
            session_s=2 if broker.embedded else 10,
        )
        terms = agents.Terms(self.liveness.acknowledged, lambda _: None, unexpected)
        agents.bind(app, self.topic, self.handle, terms)
        await app.start()
        try:
            yield app
        finally:
            await asyncio.wait_for(app.stop(), 20)


async def put(broker: Broker, topic: str, name: str, count: int) -> list[bytes]:
    values = [f"{name} {n}".encode() for n in range(count)]
    async with bus.producer(broker.address, embedded=broker.embedded) as producer:
        await bus.deliver(producer, [Outgoing(topic, b"key", value) for value in values])
    return values


async def until_seen(reading: Reading, count: int) -> None:
    async with asyncio.timeout(20):
        while len(reading.seen) < count:
            await asyncio.sleep(0.02)


async def test_a_stop_waits_for_the_batch_in_hand_and_the_next_worker_goes_on_after_it(
    broker: Broker, topic: str
) -> None:
    group = uuid4().hex
    first, second = Reading(topic), Reading(topic)
    first.open.clear()
    before = await put(broker, topic, "before", 20)
    async with first.at(broker, group):
        await asyncio.wait_for(first.holding.wait(), 20)
        asyncio.get_running_loop().call_later(0.5, first.open.set)
    async with second.at(broker, group):
        after = await put(broker, topic, "after", 5)
        await until_seen(second, 25 - len(first.seen))

    assert first.seen
    assert first.seen + second.seen == before + after


async def test_a_worker_is_stuck_when_records_wait_and_nothing_is_acknowledged(
    broker: Broker, topic: str
) -> None:
    reading = Reading(topic)
    await put(broker, topic, "before", 20)
    async with reading.at(broker, uuid4().hex) as app:
        await until_seen(reading, 20)
        reading.holding.clear()
        reading.open.clear()
        await asyncio.sleep(0.3)
        idle = await reading.liveness.stuck(app)
        await put(broker, topic, "waiting", 1)
        await asyncio.wait_for(reading.holding.wait(), 20)
        await asyncio.sleep(0.3)
        stuck = await reading.liveness.stuck(app)
        reading.liveness.touch()
        touched = await reading.liveness.stuck(app)
        reading.open.set()

    assert (idle, stuck, touched) == (False, True, False)


async def test_the_end_of_a_partition_counts_every_record(broker: Broker, topic: str) -> None:
    place = TP(topic, 0)
    async with bus.producer(broker.address, embedded=broker.embedded) as producer:
        for size in (11, 24):
            await bus.deliver(producer, [Outgoing(topic, None, b"{}", 0)] * size)

    assert await true_ends(broker.address, {place: 0}) == {place: 35}
