"""A scorer that counts signs: as exact as the real one, and obvious."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.language import decision
from models.language.labels import Driver, Language, Signal
from models.language.scorer import Scores


class SignScorer:
    """``+`` is 1, ``-`` is -1, a longer text is the mean of its signs; ``!`` is exhaustion."""

    def score(self, texts: Sequence[str]) -> Scores:
        """Score *texts*."""
        marks = np.array(
            [(text.count("+") - text.count("-")) / max(len(text), 1) for text in texts], np.float32
        ).reshape(len(texts))
        sentiment = np.stack([np.maximum(-marks, 0), 1 - np.abs(marks), np.maximum(marks, 0)], 1)
        tired = np.array([["!" in text for text in texts]], np.bool_).T
        signals = tired & (np.array(list(Signal)) == Signal.EXHAUSTION)
        drivers = tired & (np.array(list(Driver)) == Driver.WORKLOAD)
        return Scores(
            sentiment_p=sentiment.astype(np.float32),
            signals_p=signals.astype(np.float32),
            drivers_p=drivers.astype(np.float32),
            sure=decision.sure(sentiment.astype(np.float32)),
            signals=signals,
            drivers=drivers,
            languages=[Language.EN] * len(texts),
            model="signs-1",
        )
