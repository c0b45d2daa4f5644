"""A process that reads topics with Faust: from the broker's first answer to a clean stop."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import faust

from services.contracts import agents, bus
from services.contracts.agents import Handle
from services.contracts.bus import Sends
from services.contracts.failures import Dependency, Unavailable
from services.process import exits
from services.process.liveness import Liveness
from services.process.settings import WorkerSettings
from services.telemetry import logs, probes

POLL_S: Final = 0.2
Waiting = Callable[[Dependency], None]
"""Told what does not answer, before each further try."""


async def run(
    service: str,
    settings: WorkerSettings,
    reads: Callable[[Sends, Waiting], Mapping[str, Handle]],
    progressed: Callable[[], None],
    stop: asyncio.Event,
) -> None:
    """Read topics until *stop* is set.

    Args:
        service: Its name in logs.
        settings: Of this process.
        reads: Given a producer, says what is done with a batch of each topic.
        progressed: Told after each acknowledgement.
        stop: Ends it.

    Raises:
        Unavailable: no broker answered.
        RuntimeError: the worker crashed or got stuck; nothing is lost.
    """
    await listening(settings.broker)
    liveness = Liveness(settings.stuck_after_s)

    def waiting(dependency: Dependency) -> None:
        logs.emit("batch.waiting", level="warning", waiting_for=dependency)
        if dependency != "broker":  # a producer that is stuck is cured by a restart
            liveness.touch()

    def acknowledged(topic: str, partition: int, following: int) -> None:
        liveness.acknowledged(topic, partition, following)
        progressed()

    app = agents.faust_app(
        settings.group,
        settings.broker,
        embedded=settings.embedded,
        instance=settings.instance,
        session_s=settings.session_s,
    )
    terms = agents.Terms(
        acknowledged, waiting, exits.halt, settings.batch_size, settings.batch_within_s
    )
    async with (
        bus.producer(settings.broker, embedded=settings.embedded) as producer,
        probes.serving(
            settings.probe_host, settings.probe_port, lambda: not app.crashed
        ) as address,
    ):
        for topic, handle in reads(producer, waiting).items():
            agents.bind(app, topic, handle, terms)
        logs.emit("process.ready", service=service, address=f"{address[0]}:{address[1]}")
        await run_until(app, stop, liveness)


def serve(service: str, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Do *work* until the process is asked to end; it ends with 70 where the work fails."""

    async def until_asked() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await work(stop)

    try:
        asyncio.run(until_asked())
    except (Unavailable, RuntimeError) as failure:
        logs.emit("process.failed", level="critical", error_type=type(failure).__qualname__)
        # Not sys.exit: threads that hang in a dead connection would keep the process.
        os._exit(exits.SOFTWARE)
    logs.emit("process.stopping", service=service)


async def listening(broker: str, *, seconds: float = 60) -> None:
    """Return once one of the servers in *broker* accepts connections.

    Faust ends within two seconds when it finds no broker at its start.

    Raises:
        Unavailable: none did within *seconds*.
    """
    servers = [server.rsplit(":", 1) for server in broker.split(",")]
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        for host, port in servers:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                continue
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise Unavailable("broker")


async def run_until(
    app: faust.App, stop: asyncio.Event, liveness: Liveness, *, grace_s: float = 15
) -> None:
    """Run *app* until *stop* is set, then let it finish the batches that it holds.

    Raises:
        RuntimeError: it crashed, got stuck, or did not finish within *grace_s*.  Nothing is lost:
            what it had in hand was not acknowledged.
    """
    await app.start()
    patience = 0.0
    while not stop.is_set():
        if app.crashed:
            raise RuntimeError("crashed")
        patience += POLL_S
        if patience > liveness.limit_s / 4:
            patience = 0.0
            if await liveness.stuck(app):
                raise RuntimeError("stuck")
        try:
            await asyncio.wait_for(stop.wait(), POLL_S)
        except TimeoutError:
            continue
    try:
        await asyncio.wait_for(app.stop(), grace_s)
    except TimeoutError:
        raise RuntimeError("did not finish") from None
