"""Says on ``progress.v1`` up to which time this gateway owes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.contracts import bus
from services.contracts.bus import Outgoing, Sends
from services.contracts.progress import TOPIC, ProgressV1
from services.ingest import telling
from services.ingest.spool import Spool
from services.telemetry.metrics import spool as metrics


@dataclass(slots=True)
class Progress:
    """One task that speaks once a second, and at once when a time is declared.

    Attributes:
        spool: Whose progress it is.
        sender: Where it is said.
        now: The wall's clock.
        lease: How long after its last word a silent gateway is waited for.
        deadline_s: For one delivery.
    """

    spool: Spool
    sender: Sends
    now: Callable[[], datetime]
    lease: timedelta = timedelta(seconds=60)
    deadline_s: float = 10
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _setting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, *, every_s: float = 1) -> None:
        """Say it again and again, until cancelled; a broker that is away hears it later."""
        await telling.again_and_again(self.say, every_s)

    async def say(self) -> ProgressV1 | None:
        """Say it once; None, and nothing is said, while the gateway was never used.

        A gateway that has seen nothing yet may be about to import history, and everything before
        a time that it has once said is closed to it.

        Raises:
            Unavailable: the broker did not confirm.
        """
        async with self._turn:  # one after the other: progress never goes back on the bus either
            clock = self.spool.clock
            if not clock.used:
                return None
            wall = self.now()
            oldest, time = await self.spool.oldest_event_time(), clock.now(wall)
            until = time if oldest is None else min(oldest, time)
            settled_below = await self.spool.settled_below()
            said = ProgressV1(
                spool_id=self.spool.spool_id,
                owes_nothing_until=until,
                settled_below=settled_below,
                declared=clock.declared is not None,
                said_at=wall,
                lease_until=wall + self.lease,
            )
            # Before it is on its way: what arrives meanwhile is held at this time, not before.
            self.spool.promise(until)
            record = Outgoing(TOPIC, self.spool.spool_id.encode(), said.to_bytes())
            await bus.deliver(self.sender, [record], deadline_s=self.deadline_s)
            metrics.OWES_NOTHING_UNTIL.set(until.timestamp())
            return said

    async def declare(self, at: datetime, holder: str) -> ProgressV1 | None:
        """Set the gateway's clock to *at*, durably, and return once that has been said.

        Raises:
            ClockHeld: another key holds the clock.
            ClockWentBack: the gateway has been at a later time.
            Unavailable: it is kept, but the broker has not confirmed; it is said later.
        """
        async with self._setting:
            await self.spool.set_clock(self.spool.clock.declare(at, holder, self.now()))
        return await self.say()

    async def release(self, holder: str) -> ProgressV1 | None:
        """Let the clock be the wall's again, durably, and return once that has been said.

        Raises:
            ClockHeld: another key holds the clock.
            Unavailable: it is kept, but the broker has not confirmed; it is said later.
        """
        async with self._setting:
            await self.spool.set_clock(self.spool.clock.release(holder))
        return await self.say()
