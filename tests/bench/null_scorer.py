"""The scoring process with a model that takes no time: what is left is the line itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scores
from services.sentiment.main import serve
from services.sentiment.settings import SentimentSettings
from services.telemetry import logs


class NullScorer:
    """Finds every text neutral English without a signal."""

    def score(self, texts: Sequence[str]) -> Scores:
        """Score *texts*."""
        n = len(texts)
        sentiment = np.zeros((n, len(Sentiment)), np.float32)
        sentiment[:, 1] = 1
        return Scores(
            sentiment_p=sentiment,
            signals_p=np.zeros((n, len(Signal)), np.float32),
            drivers_p=np.zeros((n, len(Driver)), np.float32),
            sure=np.ones(n, np.bool_),
            signals=np.zeros((n, len(Signal)), np.bool_),
            drivers=np.zeros((n, len(Driver)), np.bool_),
            languages=[Language.EN] * n,
            model="null-1",
        )


if __name__ == "__main__":
    logs.configure()
    logs.capture_libraries()
    serve(SentimentSettings(), NullScorer())
