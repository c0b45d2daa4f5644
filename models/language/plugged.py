"""A classifier that somebody brings takes the place of the default's heads that it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.language import decision
from models.language.labels import Driver, Sentiment, Signal
from models.language.scorer import Scorer, Scores

if TYPE_CHECKING:
    from models.language.engine_transformers import TransformersEngine

_SENTIMENT = tuple(map(str, Sentiment))
_SIGNALS = tuple(map(str, Signal))
_DRIVERS = tuple(map(str, Driver))
IGNORED = "ignored"
"""What a mapping calls a label that has no counterpart here."""

NAMES = frozenset((*_SENTIMENT, *_SIGNALS, *_DRIVERS, IGNORED))
"""What a mapping may call a label."""

_SMALLEST = 1e-6


class PluggedScorer:
    """The labels that the classifier covers, and the companion's for all others.

    Args:
        engine: The classifier, its labels called by names in ``NAMES``.
        companion: Scores what the classifier does not cover, and tells the language.
        threshold: Probability from which a signal or driver of the classifier is set.
        model: Name and version to state.
    """

    def __init__(
        self, engine: TransformersEngine, companion: Scorer, *, threshold: float, model: str
    ) -> None:
        self._engine = engine
        self._companion = companion
        self._threshold = threshold
        self._model = model

    def score(self, texts: Sequence[str]) -> Scores:
        """Score *texts*; an empty batch is allowed."""
        scores = self._companion.score(texts)
        own = self._engine.probabilities(texts)
        sentiment, sure = scores.sentiment_p, scores.sure
        signals_p, signals = scores.signals_p.copy(), scores.signals.copy()
        drivers_p, drivers = scores.drivers_p.copy(), scores.drivers.copy()
        if set(self._engine.labels) & set(_SENTIMENT):
            sentiment = np.zeros_like(scores.sentiment_p)
        for name, column in zip(self._engine.labels, own.T, strict=True):
            if name in _SENTIMENT:
                sentiment[:, _SENTIMENT.index(name)] = column
            elif name in _SIGNALS:
                signals_p[:, _SIGNALS.index(name)] = column
                signals[:, _SIGNALS.index(name)] = column >= self._threshold
            elif name in _DRIVERS:
                drivers_p[:, _DRIVERS.index(name)] = column
                drivers[:, _DRIVERS.index(name)] = column >= self._threshold
        # Labels without a counterpart take their share with them: what is left adds up to 1.
        # Where nothing is left, nothing was said: neutral.
        unsaid = sentiment.sum(axis=1) < _SMALLEST
        sentiment[:, _SENTIMENT.index("neutral")] += unsaid
        sentiment = (sentiment / sentiment.sum(axis=1, keepdims=True)).astype(np.float32)
        if set(self._engine.labels) & set(_SENTIMENT):
            sure = decision.sure(sentiment) & ~unsaid & _visible(texts)
        return replace(
            scores,
            sentiment_p=sentiment,
            sure=sure,
            signals_p=signals_p,
            signals=signals,
            drivers_p=drivers_p,
            drivers=drivers,
            model=self._model,
        )


def _visible(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Shape ``(n,)``: a classifier has an answer to a blank text too, and it means nothing."""
    return np.array(
        [any(one.isprintable() and not one.isspace() for one in text) for text in texts], np.bool_
    )
