"""Composition root: the only module that reads the environment or opens anything."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Final, NoReturn

from models.language.scorer import Scorer
from services.contracts import agents, bus, messages
from services.contracts.failures import Dependency, Unavailable
from services.contracts.running import Liveness, listening, run_until
from services.contracts.text_keys import TextKeys
from services.sentiment.settings import SentimentSettings
from services.sentiment.worker import Worker
from services.telemetry import logs, probes
from services.telemetry.metrics import sentiment as metrics

SOFTWARE: Final = 70
"""Exit status of a process that met a mistake of ours (``sysexits.h``)."""


def halt(bug: BaseException) -> NoReturn:
    """End at once.  A clean stop would acknowledge the batch in hand, and so lose it."""
    logs.emit("worker.halted", level="critical", error_type=type(bug).__qualname__)
    os._exit(SOFTWARE)


async def run(settings: SentimentSettings, scorer: Scorer, stop: asyncio.Event) -> None:
    """Score with *scorer* until *stop* is set.

    Raises:
        Unavailable: no broker answered.
        RuntimeError: the worker crashed or got stuck; nothing is lost.
    """
    await listening(settings.broker)
    liveness = Liveness(settings.stuck_after_s)
    keys = TextKeys(settings.text_keys, writable=False)

    def waiting(dependency: Dependency) -> None:
        logs.emit("batch.waiting", level="warning", waiting_for=dependency)
        if dependency != "broker":  # a producer that is stuck is cured by a restart
            liveness.touch()

    def acknowledged(topic: str, partition: int, following: int) -> None:
        liveness.acknowledged(topic, partition, following)
        metrics.LAST_PROGRESS.set_to_current_time()

    app = agents.faust_app(
        settings.group,
        settings.broker,
        embedded=settings.embedded,
        instance=settings.instance,
        session_s=settings.session_s,
    )
    terms = agents.Terms(acknowledged, waiting, halt, settings.batch_size, settings.batch_within_s)
    async with (
        bus.producer(settings.broker, embedded=settings.embedded) as producer,
        probes.serving(
            settings.probe_host, settings.probe_port, lambda: not app.crashed
        ) as address,
    ):
        agents.bind(app, messages.TOPIC, Worker(scorer, keys, producer, waiting).handle, terms)
        logs.emit("process.ready", service="sentiment", address=f"{address[0]}:{address[1]}")
        await run_until(app, stop, liveness)
    keys.close()


async def serve(settings: SentimentSettings, scorer: Scorer) -> None:
    """Run until the process is asked to end."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await run(settings, scorer, stop)


def main() -> None:
    """Load the settings and the model, then serve."""
    # Not above: it imports torch, seconds that whoever brings a scorer of its own need not wait.
    from models.language import registry  # noqa: PLC0415

    logs.configure()
    logs.capture_libraries()
    settings = SentimentSettings()
    scorer = registry.load(settings.model, settings.weights, threads=settings.threads)
    logs.emit("model.loaded", service="sentiment")
    try:
        asyncio.run(serve(settings, scorer))
    except (Unavailable, RuntimeError) as failure:
        logs.emit("process.failed", level="critical", error_type=type(failure).__qualname__)
        # Not sys.exit: threads that hang in a dead connection would keep the process.
        os._exit(SOFTWARE)
    logs.emit("process.stopping", service="sentiment")


if __name__ == "__main__":
    main()
