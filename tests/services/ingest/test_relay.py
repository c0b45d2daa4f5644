"""The relay between a spool and a bus, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from services.contracts.failures import Unavailable
from services.contracts.messages import TOPIC, MessageV1
from services.ingest.relay import Pace, Relay
from tests.fakes.bus import MemorySender
from tests.fakes.records import AT, numbered
from tests.fakes.spool import MemorySpool


@dataclass
class Line:
    """A relay with everything around it."""

    pace: Pace = field(default_factory=lambda: Pace(window=6, batch=4))
    spool: MemorySpool = field(default_factory=MemorySpool)
    sender: MemorySender = field(default_factory=MemorySender)
    now: float = 1_000

    def __post_init__(self) -> None:
        """Connect them."""
        self.relay = Relay(self.spool, self.sender, self.pace, clock=lambda: self.now)

    async def admit(self, count: int, digest: int | None = None) -> list[int]:
        """Put messages into the spool; all of one *digest* go to one partition."""
        first = self.spool.newest() + 1
        return await self.spool.append(
            [(numbered(0, digest=f"{digest or n:032x}"), AT) for n in range(first, first + count)]
        )

    async def settle(self, *seqs: int) -> None:
        """As the collector does."""
        await self.spool.settle(seqs)
        self.relay.settled(seqs)

    async def until_quiet(self) -> list[int]:
        """Send whatever is due; the numbers sent now."""
        before = len(self.sender.sent)
        while await self.relay.step():
            pass
        return [MessageV1.from_bytes(value).seq for _, value, _, _ in self.sender.sent[before:]]


async def test_messages_go_out_in_order_under_their_digest() -> None:
    line = Line()
    await line.admit(5)

    assert await line.until_quiet() == [1, 2, 3, 4, 5]
    assert {topic for topic, *_ in line.sender.sent} == {TOPIC}
    assert line.sender.sent[4][2] == (5).to_bytes(16, "big")


async def test_no_more_than_the_window_is_on_the_bus() -> None:
    line = Line()
    await line.admit(9)
    first = await line.until_quiet()
    await line.settle(1, 2)

    assert first == [1, 2, 3, 4, 5, 6]
    assert await line.until_quiet() == [7, 8]
    assert line.relay.in_flight() == 6


@pytest.mark.parametrize("sender", [MemorySender(refuses=1), MemorySender(loses=1)])
async def test_a_delivery_that_fails_is_repeated(sender: MemorySender) -> None:
    line = Line(sender=sender)
    await line.admit(3)
    with pytest.raises(Unavailable):
        await line.relay.step()
    sender.sent.clear()

    assert await line.until_quiet() == [1, 2, 3]
    assert line.relay.in_flight() == 3


async def test_a_failing_bus_does_not_fill_the_window() -> None:
    line = Line(Pace(window=4, batch=4), sender=MemorySender(refuses=5))
    await line.admit(6)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await line.relay.step()

    assert await line.until_quiet() == [1, 2, 3, 4]


async def test_a_bus_that_says_nothing_is_given_up_in_time() -> None:
    line = Line(Pace(deadline_s=0.05), sender=MemorySender(silent=True))
    await line.admit(1)

    with pytest.raises(Unavailable):
        await line.relay.step()


async def test_a_message_that_was_overtaken_is_sent_again() -> None:
    line = Line()
    await line.admit(3, digest=7)
    await line.until_quiet()
    line.now += 31
    await line.settle(1, 3)

    assert await line.until_quiet() == [2]
    line.now += 2
    assert await line.until_quiet() == []


async def test_a_message_that_could_not_be_sent_again_is_not_forgotten() -> None:
    line = Line()
    await line.admit(3, digest=7)
    await line.until_quiet()
    line.now += 31
    await line.settle(1, 3)
    line.sender.refuses = 1
    with pytest.raises(Unavailable):
        await line.relay.step()
    line.now += 2

    assert await line.until_quiet() == [2]


async def test_a_message_of_another_partition_overtakes_nothing() -> None:
    line = Line()
    await line.admit(1, digest=7)
    await line.admit(1, digest=8)
    await line.until_quiet()
    line.now += 31
    await line.settle(2)

    assert {partition for *_, partition in line.sender.sent} != {line.sender.sent[0][3]}
    assert await line.until_quiet() == []


async def test_a_stall_sends_everything_again_and_then_waits_longer() -> None:
    line = Line()
    await line.admit(2)
    await line.until_quiet()
    line.now += 61
    first = await line.until_quiet()
    line.now += 61
    second = await line.until_quiet()
    line.now += 61

    assert (first, second) == ([1, 2], [])
    assert await line.until_quiet() == [1, 2]


async def test_a_message_settled_unheard_is_not_sent_again() -> None:
    line = Line()
    await line.admit(2)
    await line.until_quiet()
    await line.spool.settle([1])
    line.now += 61

    assert await line.until_quiet() == [2]
    assert line.relay.in_flight() == 1


async def test_a_new_relay_sends_everything_that_is_owed() -> None:
    line = Line()
    await line.admit(3)
    await line.until_quiet()
    await line.settle(2)
    line.__post_init__()

    assert await line.until_quiet() == [1, 3]


async def test_it_runs_on_while_the_broker_is_away_and_stops_when_asked() -> None:
    line = Line(Pace(longest_wait_s=0.01), sender=MemorySender(refuses=3))
    await line.admit(2)
    task = asyncio.create_task(line.relay.run())
    async with asyncio.timeout(5):
        while len(line.sender.sent) < 2:
            await asyncio.sleep(0.01)
    task.cancel()

    assert line.sender.refuses == 0
