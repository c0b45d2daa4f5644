"""A scoring process with a bug: ``python -m tests.broker.buggy_scorer``."""

from __future__ import annotations

from collections.abc import Sequence

from models.language.scorer import Scores
from services.sentiment.main import serve
from services.sentiment.settings import SentimentSettings
from services.telemetry import logs


class BuggyScorer:
    """Divides by nothing."""

    def score(self, texts: Sequence[str]) -> Scores:
        """Fail, naming *texts*, as careless code would."""
        raise ZeroDivisionError(texts)


if __name__ == "__main__":
    logs.configure()
    logs.capture_libraries()
    serve(SentimentSettings(), BuggyScorer())
