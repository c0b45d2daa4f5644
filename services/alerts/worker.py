"""Composition root of the collector, ``python -m services.alerts.worker``."""

from __future__ import annotations

import asyncio
from functools import partial

from pydantic import ValidationError

from services.alerts import database, migrations
from services.alerts.collecting import Collecting
from services.alerts.settings import CollectorSettings
from services.contracts import channels, progress, scores, settled, units
from services.contracts.agents import Handle
from services.contracts.bus import Sends
from services.process import exits, worker
from services.process.worker import Waiting
from services.telemetry import logs
from services.telemetry.metrics import alerts as metrics


async def run(settings: CollectorSettings, stop: asyncio.Event) -> None:
    """Collect until *stop* is set; raises what ``worker.run`` does."""
    engine = database.open_engine(settings.database)
    await asyncio.to_thread(migrations.upgrade_or_refuse, engine)

    def reads(sender: Sends, waiting: Waiting) -> dict[str, Handle]:
        collecting = Collecting(engine, sender, waiting)
        return {
            scores.TOPIC: collecting.scores,
            progress.TOPIC: collecting.progress,
            units.TOPIC: collecting.units,
            channels.TOPIC: collecting.channels,
            settled.TOPIC: collecting.settlements,
        }

    try:
        await worker.run(
            "collector", settings, reads, metrics.LAST_PROGRESS.set_to_current_time, stop
        )
    finally:
        engine.dispose()


def main() -> None:
    """Load the settings, then serve."""
    logs.configure()
    logs.capture_libraries()
    try:
        settings = CollectorSettings()
    except ValidationError as error:
        exits.refuse_settings(error)
    worker.serve("collector", partial(run, settings))


if __name__ == "__main__":
    main()
