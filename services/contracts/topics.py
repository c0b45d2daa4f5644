"""Facts about every topic, in one list that the code, the broker and the deployment share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.contracts import channels, dead_letters, messages, progress, scores, settled, units


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """How a topic is made.

    Attributes:
        name: Name and version.
        writer: The only service that may write it.
        retention: How long the broker keeps a record.
        spread: Partitioned by key over the deployment's partitions; else one partition.
        personal: May hold sealed text or pseudonyms.
    """

    name: str
    writer: str
    retention: timedelta
    spread: bool
    personal: bool


TEXT_LIFE: Final = timedelta(hours=24)
"""Default life of a sealed text; ``messages.v1`` is kept no longer."""

TOPICS: Final = (
    TopicFacts(messages.TOPIC, "ingest", TEXT_LIFE, spread=True, personal=True),
    TopicFacts(scores.TOPIC, "sentiment", timedelta(hours=48), spread=True, personal=True),
    TopicFacts(settled.TOPIC, "alerts", timedelta(hours=48), spread=False, personal=False),
    TopicFacts(progress.TOPIC, "ingest", timedelta(hours=48), spread=False, personal=False),
    TopicFacts(units.TOPIC, "ingest", timedelta(days=400), spread=False, personal=False),
    TopicFacts(channels.TOPIC, "ingest", timedelta(hours=48), spread=False, personal=False),
    TopicFacts(dead_letters.TOPIC, "sentiment", timedelta(days=30), spread=False, personal=False),
)
"""The scorer writes ``settled.v1`` too, for what it sets aside."""
