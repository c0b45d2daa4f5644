"""What every scorer does, whatever it is made of."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch

from models.language import decision
from models.language.engine_torch import fastest, precision
from models.language.labels import Driver, Language, Signal
from models.language.scorer import Scorer, Scores

TEXTS = (
    "",
    " ",
    "ok",
    "I am worn out, this is my fourth weekend of work in a row.",
    "Ik ben trots op dit team, wat een dag!",
    "Je cherche un poste ailleurs, j'en ai assez.",
    "👍🎉",
    "\x00",
    "half a pair: \ud83d",
    "the build is red " * 50,
    "x" * 10_000,
    "日本語の文章です",
)
"""Short, long, empty, of signs alone, of another script, and what no keyboard sends."""

BLANK = [TEXTS.index(text) for text in ("", " ", "\x00")]
"""Places of those that nobody can read."""


ROUNDED = 1e-4 if precision() is torch.float32 else 5e-3
"""How far the same text may be from itself in another batch, where multiplications round: how many
rows there are decides in which order they add."""


def rows(scores: Scores, places: list[int]) -> list[np.ndarray]:
    """The figures of some texts alone."""
    return [
        scores.sentiment_p[places],
        scores.signals_p[places],
        scores.drivers_p[places],
        scores.valence[places],
    ]


class ScorerSuite:
    """Subclass it beside a fixture ``scorer``; pytest collects the rest.

    Attributes:
        close: How far a text's probabilities may be from themselves in another batch.  Sums of
            whole numbers are exact.
    """

    close: ClassVar[float] = 0 if fastest() is torch.int8 else ROUNDED

    def test_gives_one_row_a_text(self, scorer: Scorer) -> None:
        scores = scorer.score(TEXTS)

        assert scores.sentiment_p.shape == (len(TEXTS), 3)
        assert scores.sure.shape == (len(TEXTS),)
        assert scores.sure.dtype == np.bool_
        assert scores.signals_p.shape == scores.signals.shape == (len(TEXTS), len(Signal))
        assert scores.drivers_p.shape == scores.drivers.shape == (len(TEXTS), len(Driver))
        assert len(scores.languages) == len(TEXTS)
        assert set(scores.languages) <= set(Language)
        assert scores.model

    def test_an_empty_batch_is_allowed(self, scorer: Scorer) -> None:
        scores = scorer.score([])

        assert scores.sentiment_p.shape == (0, 3)
        assert scores.sure.shape == (0,)
        assert list(scores.languages) == []

    def test_stays_within_its_bounds(self, scorer: Scorer) -> None:
        scores = scorer.score(TEXTS)

        for figures in (scores.sentiment_p, scores.signals_p, scores.drivers_p):
            assert np.all((figures >= 0) & (figures <= 1))
        assert np.allclose(scores.sentiment_p.sum(axis=1), 1, atol=1e-4)
        assert np.all(np.abs(scores.valence) <= 1 + 1e-6)

    def test_is_sure_of_nothing_below_the_floor_and_of_no_blank_text(self, scorer: Scorer) -> None:
        scores = scorer.score(TEXTS)

        assert np.all(scores.sentiment_p.max(axis=1)[scores.sure] >= decision.FLOOR)
        assert not scores.sure[BLANK].any()

    def test_says_the_same_twice(self, scorer: Scorer) -> None:
        once, twice = scorer.score(TEXTS), scorer.score(TEXTS)

        assert np.array_equal(once.sure, twice.sure)
        everything = list(range(len(TEXTS)))
        for one, other in zip(rows(once, everything), rows(twice, everything), strict=True):
            assert np.array_equal(one, other)

    def test_a_text_is_scored_alike_whoever_comes_with_it(self, scorer: Scorer) -> None:
        together = scorer.score(TEXTS)
        for place, text in enumerate(TEXTS):
            alone = scorer.score([text])

            for one, other in zip(rows(alone, [0]), rows(together, [place]), strict=True):
                assert np.allclose(one, other, rtol=0, atol=self.close)
            assert alone.languages[0] == together.languages[place]
            if abs(alone.sentiment_p.max() - decision.FLOOR) > self.close:
                assert alone.sure[0] == together.sure[place]

    def test_the_order_of_the_texts_is_kept(self, scorer: Scorer) -> None:
        forward, backward = scorer.score(TEXTS), scorer.score(TEXTS[::-1])

        everything = list(range(len(TEXTS)))
        for one, other in zip(
            rows(forward, everything), rows(backward, everything[::-1]), strict=True
        ):
            assert np.allclose(one, other, rtol=0, atol=self.close)
