"""Sends what the spool holds to ``messages.v1``, in order, and again when nobody settles it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.contracts import bus
from services.contracts.bus import Outgoing, Sends
from services.contracts.failures import Unavailable
from services.contracts.messages import TOPIC, MessageV1
from services.ingest.spool import Spool
from services.telemetry import logs
from services.telemetry.metrics import spool as metrics


@dataclass(frozen=True, slots=True)
class Pace:
    """How the relay goes about it.

    Attributes:
        window: Most messages on the bus that are not settled.  A scorer that is hours behind
            finds them on the bus; the rest waits in the spool, where it costs no memory.
        batch: Most messages sent before their deliveries are awaited.
        deadline_s: For the deliveries of one batch.
        overtaken_s: After how long a message is sent again if a later one of its partition has
            been settled: partitions are worked through in order, so it was lost on the way.
        stalled_s: After how long without any settlement everything is sent again; doubled each
            time in vain, up to ``longest_stall_s``, because a scorer that is down needs no copies.
        longest_stall_s: See ``stalled_s``.
        poll_s: How long a new message may wait to be seen.
        longest_wait_s: Longest wait between two tries while the broker is away.
    """

    window: int = 5_000
    batch: int = 500
    deadline_s: float = bus.DEADLINE_S
    overtaken_s: float = 30
    stalled_s: float = 60
    longest_stall_s: float = 600
    poll_s: float = 0.01
    longest_wait_s: float = 5


_LOOK_AGAIN_S: Final = 1.0
"""How often the messages on the bus are looked through for lost ones, at most."""


@dataclass(slots=True)
class _Sent:
    partition: int
    at: float
    first: float


@dataclass(slots=True)
class Relay:
    """One task between the spool and the bus.

    Where it is in the spool is kept in memory alone: after a start everything unsettled is sent
    again, which also refills a broker that has lost its memory.  Who reads us removes duplicates.
    """

    spool: Spool
    sender: Sends
    pace: Pace = field(default_factory=Pace)
    clock: Callable[[], float] = time.monotonic
    _cursor: int = 0
    _flight: dict[int, _Sent] = field(default_factory=dict)
    _passed: dict[int, int] = field(default_factory=dict)
    _settled_at: float = 0
    _patience_s: float = 0
    _looked_at: float = 0

    def in_flight(self) -> int:
        """How many messages are on the bus and not settled."""
        return len(self._flight)

    def settled(self, seqs: Collection[int]) -> None:
        """Hear that *seqs* are no longer owed."""
        now = self.clock()
        known = [(seq, sent) for seq in seqs if (sent := self._flight.pop(seq, None))]
        if known:
            self._settled_at, self._patience_s = now, self.pace.stalled_s
        for seq, sent in known:
            metrics.SETTLE_SECONDS.observe(now - sent.first)
            self._passed[sent.partition] = max(seq, self._passed.get(sent.partition, 0))

    async def run(self) -> None:
        """Relay until cancelled; a broker that is away is waited for."""
        metrics.HELD.set_function(self.spool.held)  # asked when it is read, so never stale
        metrics.IN_FLIGHT.set_function(self.in_flight)
        wait_s = 0.1
        while True:
            try:
                moved = await self.step()
            except Unavailable as missing:
                metrics.waits(missing.dependency)
                logs.emit("batch.waiting", level="warning", waiting_for=missing.dependency)
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, self.pace.longest_wait_s)
                continue
            wait_s = 0.1
            if not moved:
                await asyncio.sleep(self.pace.poll_s)

    async def step(self) -> int:
        """Send what is due and say how much that was.

        Raises:
            Unavailable: the broker did not confirm; the same messages come next time.
        """
        return await self._again() + await self._onward()

    async def _onward(self) -> int:
        room = min(self.pace.batch, self.pace.window - len(self._flight))
        if room <= 0 or self.spool.newest() <= self._cursor:
            return 0
        messages = await self.spool.unsent(self._cursor, room)
        if not messages:
            # A number may have been given to a message that is not on disk yet: look again.
            return 0
        if not self._flight:
            self._settled_at, self._patience_s = self.clock(), self.pace.stalled_s
        await self._send(messages)
        self._cursor = messages[-1].seq
        return len(messages)

    async def _again(self) -> int:
        now = self.clock()
        if now - self._looked_at < min(_LOOK_AGAIN_S, self.pace.overtaken_s):
            return 0
        self._looked_at = now
        stalled = bool(self._flight) and now - self._settled_at > self._patience_s
        lost = [
            seq
            for seq, sent in self._flight.items()
            if stalled
            or (now - sent.at > self.pace.overtaken_s and self._passed.get(sent.partition, 0) > seq)
        ]
        if not lost:
            return 0
        owed = await self.spool.still_owed(lost)
        for seq in set(lost) - {message.seq for message in owed}:
            self._flight.pop(seq, None)  # settled while we did not listen
        for start in range(0, len(owed), self.pace.batch):
            await self._send(owed[start : start + self.pace.batch])
        if stalled:
            self._settled_at = now
            self._patience_s = min(2 * self._patience_s, self.pace.longest_stall_s)
        if owed:
            metrics.RESENT.inc(len(owed))
            logs.emit("relay.resent", level="warning", count=len(owed))
        return len(owed)

    async def _send(self, messages: Sequence[MessageV1]) -> None:
        # The producer's own partitioner places the digest's bytes, so all versions of a message
        # are in one partition, and the scorer keeps them there.
        records = [Outgoing(TOPIC, bytes.fromhex(m.digest), m.to_bytes()) for m in messages]
        sent = self.clock()
        before = {m.seq: known for m in messages if (known := self._flight.get(m.seq))}
        # In flight before it is delivered: its settlement may arrive before the confirmation.
        for message in messages:
            known = before.get(message.seq)
            self._flight[message.seq] = _Sent(-1, sent, known.first if known else sent)
        try:
            places = await bus.deliver(self.sender, records, deadline_s=self.pace.deadline_s)
        except Unavailable:
            for message in messages:
                if self._flight.pop(message.seq, None) and message.seq in before:
                    self._flight[message.seq] = before[message.seq]
            raise
        for message, partition in zip(messages, places, strict=True):
            if current := self._flight.get(message.seq):
                current.partition = partition
