"""Does to a running line what the plan says, and brings back what it took away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from services.embedded.supervisor import Program, Running
from tests.broker.kafka import free_port
from tests.chaos.plan import Fault, Kind
from tests.journey.stack import Stack

FROZEN_S: Final = 15
HELPS_S: Final = 15
"""How long an added worker stays."""
PATIENCE_S: Final = 20
FULL_S: Final = 5


async def inflict(stack: Stack, fault: Fault) -> None:
    """Let *fault* happen; returns once what was taken away is on its way back."""
    does: dict[Kind, Callable[[], Awaitable[None]]] = {
        Kind.KILL: lambda: _killed(stack, fault.victim),
        Kind.FREEZE: lambda: _frozen(stack, fault.victim),
        Kind.BROKER: stack.kill_broker,
        Kind.DATABASE: stack.take_database_away,
        Kind.DISK: lambda: _full(stack),
        Kind.WORKER: lambda: _helped(stack),
    }
    await does[fault.kind]()


async def _killed(stack: Stack, victim: str) -> None:
    stack.line.kill(victim)


async def _frozen(stack: Stack, victim: str) -> None:
    pid = stack.line.supervisor.pids()[victim]
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(FROZEN_S)
    finally:
        os.kill(pid, signal.SIGCONT)


async def _full(stack: Stack) -> None:
    """No file of the gateway takes another byte: its spool, its directory and its log.

    The kernel refuses each write, as a full disk does; only the error's number is another one.
    """
    pid = stack.line.supervisor.pids()["ingest"]
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        await asyncio.sleep(FULL_S)
    finally:
        with contextlib.suppress(ProcessLookupError):  # it may have died of that
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


async def _helped(stack: Stack) -> None:
    """One more scorer joins and leaves: its group shares the partitions anew, twice."""
    [like, *_] = [one for one in stack.line.supervisor.clients if one.name.startswith("sentiment")]
    more = Running(_another(like))
    await more.start()
    try:
        await asyncio.sleep(HELPS_S)
    finally:
        await more.stop(PATIENCE_S)


def _another(like: Program) -> Program:
    own = {
        "BAROGRAPH_SENTIMENT_PROBE_PORT": str(free_port(1)),
        "BAROGRAPH_SENTIMENT_INSTANCE": "sentiment-more",
    }
    log = like.log.with_name("sentiment-more.log")
    return replace(like, name="sentiment-more", environment={**like.environment, **own}, log=log)
