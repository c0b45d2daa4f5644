"""Says something on the bus again and again; while the broker is away it is said later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from services.contracts.failures import Unavailable
from services.telemetry import logs
from services.telemetry.metrics import spool as metrics

Say = Callable[[], Awaitable[object]]


async def soon(say: Say) -> None:
    """Say it now, or leave it to the task while the broker is away."""
    try:
        await say()
    except Unavailable as missing:
        metrics.waits(missing.dependency)
        logs.emit("batch.waiting", level="warning", waiting_for=missing.dependency)


async def again_and_again(say: Say, every_s: float) -> None:
    """Look whether there is anything to say, until cancelled."""
    while True:
        await soon(say)
        await asyncio.sleep(every_s)
