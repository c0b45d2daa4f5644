"""What the worker does with its batches, without a broker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from prometheus_client import REGISTRY
from typing_extensions import override

from models.language.scorer import Scores
from services.contracts import scores
from services.contracts.bus import Incoming
from services.contracts.failures import Dependency, Unavailable
from services.contracts.messages import TOPIC
from services.sentiment.dead_letter_limit import DeadLetterLimit, TooManyMalformed
from services.sentiment.worker import Worker
from tests.fakes.bus import MemorySender
from tests.fakes.records import numbered
from tests.fakes.scorer import SignScorer
from tests.fakes.text_keys import MemoryKeys


@dataclass
class Scoring:
    """A worker with everything around it."""

    sender: MemorySender = field(default_factory=MemorySender)
    keys: MemoryKeys = field(default_factory=MemoryKeys)
    waited: list[Dependency] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Connect them."""
        self.worker = Worker(
            SignScorer(), self.keys, self.sender, self.waited.append, retry_s=0.001
        )


def batch(count: int, value: bytes | None = None) -> list[Incoming]:
    return [
        Incoming(TOPIC, 0, n, b"key", value or numbered(n).to_bytes()) for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("sender", [MemorySender(refuses=2), MemorySender(loses=2)])
async def test_a_delivery_that_fails_is_repeated_until_it_succeeds(sender: MemorySender) -> None:
    scoring = Scoring(sender)
    await scoring.worker.handle(batch(3))

    assert set(scoring.waited) == {"broker"}
    assert len(set(sender.values(scores.TOPIC))) == 3


async def test_a_key_store_that_is_away_leaves_the_batch_to_the_next_try() -> None:
    scoring = Scoring(keys=MemoryKeys(silences=1))
    with pytest.raises(Unavailable):
        await scoring.worker.handle(batch(3))
    nothing = list(scoring.sender.sent)
    await scoring.worker.handle(batch(3))

    assert nothing == []
    assert len(scoring.sender.sent) == 3


async def test_a_stream_that_cannot_be_read_halts_before_anything_is_set_aside() -> None:
    scoring = Scoring()
    with pytest.raises(TooManyMalformed):
        await scoring.worker.handle(batch(60, b"{"))

    assert scoring.sender.sent == []


async def test_outcomes_are_counted() -> None:
    def count(outcome: str) -> float:
        name = "barograph_sentiment_records_total"
        return REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0

    before = count("scored")
    await Scoring().worker.handle(batch(3))

    assert count("scored") - before == 3


def test_half_of_the_last_records_may_be_malformed_and_no_more() -> None:
    limit = DeadLetterLimit()
    for _ in range(100):
        limit.count(1, 1)

    with pytest.raises(TooManyMalformed):
        limit.count(2, 0)


def test_what_was_long_ago_does_not_count() -> None:
    limit = DeadLetterLimit()
    limit.count(100, 100)
    limit.count(0, 200)
    limit.count(100, 0)

    with pytest.raises(TooManyMalformed):
        limit.count(1, 0)


def test_a_few_records_are_not_judged() -> None:
    DeadLetterLimit().count(49, 0)


async def test_one_thread_scores_whoever_else_keeps_threads_busy() -> None:
    threads: set[int] = set()

    class Watched(SignScorer):
        @override
        def score(self, texts: Sequence[str]) -> Scores:
            threads.add(threading.get_ident())
            return super().score(texts)

    scoring = Scoring()
    worker = Worker(Watched(), scoring.keys, scoring.sender, scoring.waited.append)
    for count in (1, 2, 3):
        others = [asyncio.to_thread(threading.Event().wait, 0.05) for _ in range(count)]
        await asyncio.gather(worker.handle(batch(count)), *others)

    assert len(threads) == 1
