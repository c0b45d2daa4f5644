"""The default scorer: a frozen encoder and linear heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.language import calibration, decision
from models.language.engine import Engine
from models.language.heads import Heads
from models.language.labels import Language, Sentiment
from models.language.scorer import Scores

_LANGUAGES = tuple(Language)
_NEUTRAL = list(Sentiment).index(Sentiment.NEUTRAL)


class ProbeScorer:
    """One pass through the encoder, four linear heads on its vector."""

    def __init__(self, engine: Engine, heads: Heads, *, model: str) -> None:
        self._engine = engine
        self._heads = heads
        self._model = model

    def score(self, texts: Sequence[str]) -> Scores:
        """Score *texts*; an empty batch is allowed."""
        embedded = self._engine.embed(texts)
        return scored(self._heads, embedded.vectors, silent=embedded.tokens == 0, model=self._model)


def scored(
    heads: Heads, vectors: NDArray[np.float32], *, silent: NDArray[np.bool_], model: str
) -> Scores:
    """Scores of pooled *vectors*.

    Args:
        heads: What reads them.
        vectors: Shape ``(n, d)``.
        silent: Shape ``(n,)``: texts that cannot be read; they are neutral, carry nothing, and
            nothing is sure about them.
        model: Name and version to state.
    """
    spoken = heads.language.logits(vectors).argmax(axis=1)
    temperatures = heads.temperatures[spoken]
    sentiment = calibration.calibrated(heads.sentiment.logits(vectors), temperatures[:, 0])
    signals = calibration.independent(heads.signals.logits(vectors), temperatures[:, 1])
    drivers = calibration.independent(heads.drivers.logits(vectors), temperatures[:, 2])
    sentiment[silent] = np.eye(len(Sentiment), dtype=np.float32)[_NEUTRAL]
    signals[silent] = 0
    drivers[silent] = 0
    return Scores(
        sentiment_p=sentiment,
        signals_p=signals,
        drivers_p=drivers,
        sure=decision.sure(sentiment) & ~silent,
        signals=decision.signals(signals, heads.signal_thresholds[spoken]),
        drivers=drivers >= heads.driver_thresholds[spoken],
        languages=[_LANGUAGES[index] for index in spoken],
        model=model,
    )
