"""A message that comes again is not scored again, and comes out the same."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.language import cache, registry
from models.language.cache import CachedScorer
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scorer, Scores
from tests.suites.scorer import ScorerSuite


class Counting:
    """Scores drawn by the text alone, and a list of what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> Scores:
        self.asked += texts
        drawn = [random.Random(ascii(text)) for text in texts]  # noqa: S311 - no secret

        def figures(width: int) -> np.ndarray:
            rows = [[one.random() for _ in range(width)] for one in drawn]
            return np.array(rows, np.float32).reshape(len(texts), width)

        return Scores(
            sentiment_p=figures(len(Sentiment)),
            signals_p=figures(len(Signal)),
            drivers_p=figures(len(Driver)),
            sure=figures(1)[:, 0] > 0.5,
            signals=figures(len(Signal)) > 0.5,
            drivers=figures(len(Driver)) > 0.5,
            languages=[one.choice(list(Language)) for one in drawn],
            model="counting",
        )


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return CachedScorer(registry.load(threads=1))


class TestCached(ScorerSuite):
    """The default model behind the cache keeps the rules of every scorer."""


def same(one: Scores, other: Scores) -> bool:
    return (
        np.array_equal(one.sentiment_p, other.sentiment_p)
        and np.array_equal(one.signals_p, other.signals_p)
        and np.array_equal(one.drivers_p, other.drivers_p)
        and np.array_equal(one.sure, other.sure)
        and np.array_equal(one.signals, other.signals)
        and np.array_equal(one.drivers, other.drivers)
        and list(one.languages) == list(other.languages)
        and one.model == other.model
    )


SAID = st.sampled_from(["ok", "thanks", "", "\ud83d", "x" * 60, "👍", "x" * 41])


@given(st.lists(st.lists(SAID, max_size=8), max_size=6))
def test_nobody_sees_the_difference(batches: list[list[str]]) -> None:
    cached = CachedScorer(Counting(), size=2)
    for texts in batches:
        assert same(cached.score(texts), Counting().score(texts))


def test_a_short_message_is_asked_once_and_a_long_one_each_time() -> None:
    counting = Counting()
    cached = CachedScorer(counting)
    long = "x" * (cache.LONGEST + 1)

    cached.score(["ok", long, "ok", "fine"])
    cached.score(["fine", long, "ok", "new"])

    assert sorted(counting.asked) == sorted(["ok", "fine", "new", long, long])


def test_what_is_longest_unused_is_forgotten() -> None:
    counting = Counting()
    cached = CachedScorer(counting, size=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        cached.score([text])

    assert counting.asked == ["a", "b", "c", "b"]


def test_no_text_is_kept() -> None:
    cached = CachedScorer(Counting())
    cached.score(["kanarievogel"])

    assert "kanarievogel" not in repr(vars(cached))
    assert b"kanarievogel" not in b"".join(cached._rows)  # noqa: SLF001 - what it keeps


def test_a_remembered_score_keeps_no_batch_alive() -> None:
    cached = CachedScorer(Counting())
    cached.score([f"text {number}" for number in range(50)])

    assert all(row.base is None for row in cached._rows.values())  # noqa: SLF001 - what it keeps
