"""What the gateway says about itself, and what it hears back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from services.contracts.failures import Unavailable
from services.contracts.progress import TOPIC, ProgressV1
from services.contracts.settled import SettledV1, Settlement
from services.ingest.clock import ClockHeld, ClockWentBack
from services.ingest.progress import Progress
from services.ingest.settlement import settle
from tests.fakes.bus import MemorySender
from tests.fakes.records import AT, message
from tests.fakes.spool import MemorySpool

HOUR = timedelta(hours=1)


@dataclass
class Gateway:
    """A progress with everything around it."""

    spool: MemorySpool = field(default_factory=MemorySpool)
    sender: MemorySender = field(default_factory=MemorySender)
    wall: datetime = AT + 9 * HOUR

    def __post_init__(self) -> None:
        """Connect them."""
        self.progress = Progress(self.spool, self.sender, lambda: self.wall, deadline_s=0.2)

    def said(self) -> list[ProgressV1]:
        """Everything that was said."""
        return [ProgressV1.from_bytes(value) for value in self.sender.values(TOPIC)]


@dataclass
class Ears:
    """Whoever listens to settlements."""

    heard: set[int] = field(default_factory=set)

    def settled(self, seqs: set[int]) -> None:
        """Remember them."""
        self.heard |= seqs


async def test_a_gateway_that_was_never_used_says_nothing() -> None:
    gateway = Gateway()

    assert await gateway.progress.say() is None
    assert gateway.said() == []


async def test_it_owes_nothing_until_its_oldest_unsettled_event() -> None:
    gateway = Gateway()
    [seq] = await gateway.spool.append([(message(), AT)])
    await gateway.progress.say()
    await gateway.spool.settle([seq])
    await gateway.progress.say()

    owing, free = gateway.said()
    assert (owing.owes_nothing_until, free.owes_nothing_until) == (AT, gateway.wall)
    assert (free.declared, free.said_at) == (False, gateway.wall)
    assert free.lease_until > gateway.wall


async def test_progress_never_goes_back_when_an_old_event_arrives() -> None:
    gateway = Gateway()
    [seq] = await gateway.spool.append([(message(), AT)])
    await gateway.spool.settle([seq])
    await gateway.progress.say()
    promised = gateway.wall
    await gateway.spool.append([(message(), AT)])
    gateway.wall += HOUR
    await gateway.progress.say()

    assert [said.owes_nothing_until for said in gateway.said()] == [promised, promised]


async def test_a_declared_time_is_said_at_once_and_a_release_too() -> None:
    gateway = Gateway()
    await gateway.progress.declare(AT, "importer")
    await gateway.progress.declare(AT + HOUR, "importer")
    await gateway.progress.release("importer")

    assert [(s.owes_nothing_until, s.declared) for s in gateway.said()] == [
        (AT, True),
        (AT + HOUR, True),
        (gateway.wall, False),
    ]


async def test_what_may_not_be_declared_is_not_said() -> None:
    gateway = Gateway()
    await gateway.progress.declare(AT, "importer")

    with pytest.raises(ClockHeld):
        await gateway.progress.declare(AT + HOUR, "slack")
    with pytest.raises(ClockWentBack):
        await gateway.progress.declare(AT - HOUR, "importer")
    assert len(gateway.said()) == 1


async def test_a_declaration_is_kept_though_the_broker_is_away() -> None:
    gateway = Gateway(sender=MemorySender(silent=True))
    with pytest.raises(Unavailable):
        await gateway.progress.declare(AT, "importer")

    assert gateway.spool.clock.declared == AT


async def test_it_speaks_again_and_again_though_the_broker_was_away() -> None:
    gateway = Gateway(sender=MemorySender(refuses=1))
    await gateway.spool.append([(message(), AT)])
    task = asyncio.create_task(gateway.progress.run(every_s=0.01))
    async with asyncio.timeout(5):
        while len(gateway.said()) < 2:
            await asyncio.sleep(0.01)
    task.cancel()

    assert gateway.sender.refuses == 0


async def test_only_settlements_of_this_spool_are_believed() -> None:
    spool, ears = MemorySpool(spool_id="gateway-1"), Ears()
    await spool.append([(message(), AT)] * 4)
    records = [
        SettledV1(spool_id="gateway-1", seqs=(1, 2), settlement=Settlement.COLLECTED).to_bytes(),
        SettledV1(spool_id="gateway-2", seqs=(3,), settlement=Settlement.COLLECTED).to_bytes(),
        b'{"spool_id": "gateway-1"',
        SettledV1(spool_id="gateway-1", seqs=(4,), settlement=Settlement.EXPIRED).to_bytes(),
    ]

    assert await settle(spool, records, ears) == 3
    assert ears.heard == {1, 2, 4}
    assert [owed.seq for owed in await spool.unsent(0, 9)] == [3]
