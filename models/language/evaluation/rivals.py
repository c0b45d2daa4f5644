"""What a model has to beat: word lists, word counts, the encoder as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.language.evaluation.baseline import WordCounts
from models.language.figures import Flags, Places
from models.language.labels import Language, Sentiment
from models.language.scorer import Scorer

NEGATIVE, NEUTRAL, POSITIVE = (list(Sentiment).index(one) for one in Sentiment)

_FELT = 0.05
"""Polarity from which a text counts as positive or negative: what VADER's authors advise."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of some texts.

    Attributes:
        sentiment: Shape ``(n,)``.
        signals: Shape ``(n, 8)``; None from whoever knows no signals.
        drivers: Shape ``(n, 12)``; None likewise.
    """

    sentiment: Places
    signals: Flags | None = None
    drivers: Flags | None = None


Rival = Callable[[Sequence[str], Sequence[Language]], Said]
"""Texts and their languages in, an answer for each out."""


def lexicons() -> Rival:
    """VADER for English, the word lists of pattern for Dutch and French.

    Source:
        Hutto and Gilbert 2014, "VADER", ICWSM; De Smedt and Daelemans 2012, "Pattern for
        Python", JMLR 13.
    """
    # Of the evaluation alone, and each reads its word list when it is imported.
    from textblob_fr import PatternAnalyzer as French  # type: ignore[import-untyped] # noqa: PLC0415
    from textblob_nl import PatternAnalyzer as Dutch  # type: ignore[import-untyped] # noqa: PLC0415
    from vaderSentiment import vaderSentiment  # type: ignore[import-untyped] # noqa: PLC0415

    english: Any = vaderSentiment.SentimentIntensityAnalyzer()
    dutch: Any = Dutch()
    french: Any = French()
    polarity: dict[Language, Callable[[str], float]] = {
        Language.EN: lambda text: english.polarity_scores(text)["compound"],
        Language.NL: lambda text: dutch.analyze(text)[0],
        Language.FR: lambda text: french.analyze(text)[0],
    }

    def said(texts: Sequence[str], languages: Sequence[Language]) -> Said:
        felt = np.array([polarity[one](text) for text, one in zip(texts, languages, strict=True)])
        return Said(np.where(felt >= _FELT, POSITIVE, np.where(felt <= -_FELT, NEGATIVE, NEUTRAL)))

    return said


def words(counts: WordCounts) -> Rival:
    """TF-IDF with logistic regression on the same training rows."""

    def said(texts: Sequence[str], _languages: Sequence[Language]) -> Said:
        return Said(*counts.score(texts))

    return said


def model(scorer: Scorer) -> Rival:
    """A scorer as one of them."""

    def said(texts: Sequence[str], _languages: Sequence[Language]) -> Said:
        scores = scorer.score(texts)
        return Said(scores.sentiment_p.argmax(axis=1), scores.signals, scores.drivers)

    return said
