"""What goes on beside the requests: each thing again when it fails, and none for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.contracts.failures import Unavailable
from services.contracts.text_keys import TextKeys, hour_at
from services.ingest.block_keys import BlockKeys
from services.ingest.recent_messages import RecentMessages
from services.ingest.spool import Spool
from services.telemetry import logs
from services.telemetry.metrics import spool as metrics

AGAIN_S: Final = 1.0


@dataclass(frozen=True, slots=True, repr=False)
class Erasure:
    """Destroys keys when their time has come.

    Attributes:
        wall: The wall's clock: a text's life is real time.
        text_life: How long a sealed text can be opened.
    """

    text_keys: TextKeys
    block_keys: BlockKeys
    recent: RecentMessages
    spool: Spool
    wall: Callable[[], datetime]
    text_life: timedelta

    async def run(self, *, every_s: float = 60) -> None:
        """Erase again and again, until cancelled."""
        while True:
            await self.erase()
            await asyncio.sleep(every_s)

    async def erase(self) -> int:
        """Erase what is due and say how many keys that was.

        Raises:
            Unavailable: a key store does not answer; the rest is erased next time.
        """
        wall = self.wall()
        # An hour's key goes when its last text has lived its life, not its first one.
        horizon = hour_at(wall - self.text_life)
        gone = await asyncio.to_thread(self.text_keys.erase_before, horizon)
        time = self.spool.clock.now(wall)
        gone += await asyncio.to_thread(self.block_keys.erase_closed, time)
        await self.recent.prune(time)
        if gone:
            logs.emit("keys.erased", count=gone)
        return gone


@asynccontextmanager
async def running(tasks: Sequence[Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Run *tasks* until the block ends, and wait until each has stopped."""
    started = [asyncio.create_task(_for_ever(task)) for task in tasks]
    try:
        yield
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)


async def _for_ever(task: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await task()
        except Unavailable as missing:
            metrics.waits(missing.dependency)
            logs.emit("batch.waiting", level="warning", waiting_for=missing.dependency)
        except Exception as bug:  # noqa: BLE001 - the spool is safe without it; silence is not
            logs.emit("process.failed", level="critical", error_type=type(bug).__qualname__)
        await asyncio.sleep(AGAIN_S)
