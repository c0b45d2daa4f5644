"""From the spool to the bus and back, against a broker."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from services.contracts import bus, messages, progress, settled
from services.contracts.bus import Outgoing
from services.contracts.messages import MessageV1
from services.contracts.progress import ProgressV1
from services.contracts.settled import SettledV1, Settlement
from services.embedded import broker as tansu
from services.ingest.progress import Progress
from services.ingest.relay import Relay
from services.ingest.settlement import listen
from services.ingest.spool import Spool, open_spool
from tests.broker.conftest import Broker, free_address, tansu_at
from tests.broker.reading import read
from tests.fakes.records import AT, numbered


@asynccontextmanager
async def relaying(broker: Broker, spool: Spool) -> AsyncIterator[Relay]:
    """A relay and a listener at work, as in the gateway."""
    async with bus.producer(broker.address, embedded=broker.embedded) as producer:
        relay = Relay(spool, producer)
        open_reader = partial(bus.reader, broker.address, wait_ms=100)
        tasks = [
            asyncio.create_task(relay.run()),
            asyncio.create_task(listen(spool, open_reader, relay, retry_s=0.1)),
        ]
        yield relay
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_settled(spool: Spool, relay: Relay) -> None:
    async with asyncio.timeout(20):
        while spool.held() or relay.in_flight():
            await asyncio.sleep(0.02)


async def test_a_message_stays_in_the_spool_until_the_bus_says_it_is_settled(
    broker: Broker, tmp_path: Path
) -> None:
    async with open_spool(tmp_path / "spool.db", capacity=900) as spool:
        seqs = await spool.append([(numbered(0, digest=f"{n:032x}"), AT) for n in range(600)])
        async with relaying(broker, spool) as relay:
            found = await read(
                broker.address,
                messages.TOPIC,
                MessageV1,
                lambda message: message.spool_id == spool.spool_id,
                600,
            )
            before = spool.held(), relay.in_flight()
            done = SettledV1(
                spool_id=spool.spool_id, seqs=tuple(seqs), settlement=Settlement.COLLECTED
            )
            async with bus.producer(broker.address, embedded=broker.embedded) as producer:
                await bus.deliver(producer, [Outgoing(settled.TOPIC, None, done.to_bytes())])
            await until_settled(spool, relay)
            owed = await spool.unsent(0, 1)

    assert before == (600, 600)
    assert owed == []
    assert sorted(message.seq for message in found) == seqs


async def test_versions_of_a_message_share_a_partition_and_keep_their_order(
    broker: Broker, tmp_path: Path
) -> None:
    async with open_spool(tmp_path / "spool.db", capacity=900) as spool:
        await spool.append(
            [(numbered(0, digest=f"{n % 7:032x}", version=1 + n // 7), AT) for n in range(70)]
        )
        async with relaying(broker, spool):
            found = await read(
                broker.address,
                messages.TOPIC,
                MessageV1,
                lambda message: message.spool_id == spool.spool_id,
                70,
            )

    versions: defaultdict[str, list[int]] = defaultdict(list)
    for message in found:
        versions[message.digest].append(message.version)
    assert set(map(tuple, versions.values())) == {tuple(range(1, 11))}


async def test_a_broker_that_has_lost_its_memory_is_filled_again(tmp_path: Path) -> None:
    broker = Broker(free_address(), embedded=True)
    lives: list[list[int]] = []
    async with open_spool(tmp_path / "spool.db", capacity=900) as spool:
        seqs = await spool.append([(numbered(0, digest=f"{n:032x}"), AT) for n in range(50)])
        for _ in range(2):
            with tansu_at(broker.address):
                await tansu.listening(broker.address, seconds=10)
                await tansu.create_topics(broker.address)
                async with relaying(broker, spool):
                    found = await read(
                        broker.address, messages.TOPIC, MessageV1, lambda _: True, 50
                    )
            lives.append(sorted(message.seq for message in found))

    assert lives == [seqs, seqs]


async def test_progress_is_on_the_bus_when_a_declaration_returns(
    broker: Broker, tmp_path: Path
) -> None:
    async with (
        open_spool(tmp_path / "spool.db", capacity=9) as spool,
        bus.producer(broker.address, embedded=broker.embedded) as producer,
    ):
        await Progress(spool, producer, lambda: AT).declare(AT, "importer")
        [said] = await read(
            broker.address,
            progress.TOPIC,
            ProgressV1,
            lambda one: one.spool_id == spool.spool_id,
            1,
        )

    assert (said.owes_nothing_until, said.declared) == (AT, True)
