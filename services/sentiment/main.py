"""Composition root: the only module that reads the environment or opens anything."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from pydantic import ValidationError

from models.language import registry
from models.language.cache import CachedScorer
from models.language.scorer import Scorer
from services.contracts import messages
from services.contracts.agents import Handle
from services.contracts.bus import Sends
from services.contracts.text_keys import TextKeys
from services.process import exits, worker
from services.process.worker import Waiting
from services.sentiment.settings import SentimentSettings
from services.sentiment.worker import Worker
from services.telemetry import logs
from services.telemetry.metrics import sentiment as metrics

WARM_UP: Final = [" ".join(["hello"] * words) for words in (1, 8, 25, 60)]
"""Scored before anything waits: an engine prepares itself for each length as it first meets it."""


async def run(settings: SentimentSettings, scorer: Scorer, stop: asyncio.Event) -> None:
    """Score with *scorer* until *stop* is set; raises what ``worker.run`` does."""
    keys = TextKeys(settings.text_keys, writable=False)

    def reads(sender: Sends, waiting: Waiting) -> dict[str, Handle]:
        return {messages.TOPIC: Worker(scorer, keys, sender, waiting).handle}

    try:
        await worker.run(
            "sentiment", settings, reads, metrics.LAST_PROGRESS.set_to_current_time, stop
        )
    finally:
        keys.close()


def serve(settings: SentimentSettings, scorer: Scorer) -> None:
    """Score with *scorer* until the process is asked to end."""
    worker.serve("sentiment", partial(run, settings, scorer))


def main() -> None:
    """Load the settings and the model, then serve."""
    logs.configure()
    logs.capture_libraries()
    try:
        settings = SentimentSettings()
    except ValidationError as error:
        exits.refuse_settings(error)
    try:
        scorer = registry.load(
            settings.model, settings.weights, threads=settings.threads, engine=settings.engine
        )
    except registry.ModelRefused as refusal:
        exits.refuse(str(refusal))
    scorer.score(WARM_UP)
    logs.emit("model.loaded", service="sentiment")
    serve(settings, CachedScorer(scorer))


if __name__ == "__main__":
    main()
