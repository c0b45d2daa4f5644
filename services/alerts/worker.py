"""Composition root of the collector, ``python -m services.alerts.worker``."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Final, NoReturn

from services.alerts import database, migrations
from services.alerts.collecting import Collecting
from services.alerts.settings import CollectorSettings
from services.contracts import agents, bus, progress, scores, settled, units
from services.contracts.failures import Dependency, Unavailable
from services.contracts.running import Liveness, listening, run_until
from services.telemetry import logs, probes
from services.telemetry.metrics import alerts as metrics

SOFTWARE: Final = 70
"""Exit status of a process that met a mistake of ours (``sysexits.h``)."""


def halt(bug: BaseException) -> NoReturn:
    """End at once.  A clean stop would acknowledge the batch in hand, and so lose it."""
    logs.emit("worker.halted", level="critical", error_type=type(bug).__qualname__)
    os._exit(SOFTWARE)


async def run(settings: CollectorSettings, stop: asyncio.Event) -> None:
    """Collect until *stop* is set.

    Raises:
        Unavailable: no broker answered.
        RuntimeError: the worker crashed or got stuck; nothing is lost.
    """
    engine = database.open_engine(settings.database)
    await asyncio.to_thread(migrations.upgrade, engine)
    await listening(settings.broker)
    liveness = Liveness(settings.stuck_after_s)

    def waiting(dependency: Dependency) -> None:
        logs.emit("batch.waiting", level="warning", waiting_for=dependency)
        if dependency != "broker":  # a producer that is stuck is cured by a restart
            liveness.touch()

    def acknowledged(topic: str, partition: int, following: int) -> None:
        liveness.acknowledged(topic, partition, following)
        metrics.LAST_PROGRESS.set_to_current_time()

    app = agents.faust_app(
        settings.group, settings.broker, embedded=settings.embedded, instance=settings.instance
    )
    terms = agents.Terms(acknowledged, waiting, halt, settings.batch_size, settings.batch_within_s)
    async with (
        bus.producer(settings.broker, embedded=settings.embedded) as producer,
        probes.serving(
            settings.probe_host, settings.probe_port, lambda: not app.crashed
        ) as address,
    ):
        collecting = Collecting(engine, producer, waiting)
        agents.bind(app, scores.TOPIC, collecting.scores, terms)
        agents.bind(app, progress.TOPIC, collecting.progress, terms)
        agents.bind(app, units.TOPIC, collecting.units, terms)
        agents.bind(app, settled.TOPIC, collecting.settlements, terms)
        logs.emit("process.ready", service="collector", address=f"{address[0]}:{address[1]}")
        await run_until(app, stop, liveness)
    engine.dispose()


async def serve(settings: CollectorSettings) -> None:
    """Run until the process is asked to end."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await run(settings, stop)


def main() -> None:
    """Load the settings, then serve."""
    logs.configure()
    logs.capture_libraries()
    settings = CollectorSettings()
    try:
        asyncio.run(serve(settings))
    except (Unavailable, RuntimeError) as failure:
        logs.emit("process.failed", level="critical", error_type=type(failure).__qualname__)
        # Not sys.exit: threads that hang in a dead connection would keep the process.
        os._exit(SOFTWARE)
    logs.emit("process.stopping", service="collector")


if __name__ == "__main__":
    main()
