"""Says how far a feed is from what a model was trained and measured on, language by language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.language.corpus import doubles, loader, split
from models.language.labels import Language
from models.language.scorer import Scorer

FEWEST = 200
"""Texts of a language from which a verdict is given: below that chance alone moves the figures."""

DEEPEST_FALL = 0.05
"""Expected loss of accuracy from which a language is frozen."""

_BINS = 10
_SMALLEST = 1e-3


class Verdict(StrEnum):
    """What to do with the indicators of a language."""

    WITHIN = "within"
    FROZEN = "frozen"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True)
class Sample:
    """Some texts of one language, without the texts.

    Attributes:
        words: Shape ``(n,)``: how many each has.
        new_words: Share of all their words that training does not have.
        confidence: Shape ``(n,)``: probability of the likeliest sentiment.
    """

    words: NDArray[np.intp]
    new_words: float
    confidence: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Drift:
    """A feed against the reference, in one language.

    Attributes:
        language: Which.
        texts: How many the feed has.
        length: Population stability index of the number of words.
        new_words: Share of the feed's words that training does not have.
        usual_new_words: The same of the reference.
        confidence: Mean probability of the likeliest sentiment.
        fall: By how much that is below the reference's, which is what accuracy is expected to
            fall by.
        verdict: What follows.
    """

    language: Language
    texts: int
    length: float
    new_words: float
    usual_new_words: float
    confidence: float
    fall: float
    verdict: Verdict


def report(scorer: Scorer, texts: Sequence[str]) -> list[Drift]:
    """Compare *texts* with the messages that are held out from training, as *scorer* hears them.

    Source:
        Difference of confidences: Guillory et al. 2021, arXiv:2107.03315; population stability
        index: Siddiqi 2006, "Credit Risk Scorecards", chapter 8.
    """
    known = {word for one in split.training(loader.load()) for word in _words(one.text)}
    held_out = [one.text for one in loader.load() if split.held_out(one.id)]
    usual, feed = _samples(scorer, held_out, known), _samples(scorer, texts, known)
    return [
        _compared(language, usual[language], feed[language])
        for language in Language
        if language in feed
    ]


def stability(usual: NDArray[np.intp], seen: NDArray[np.intp]) -> float:
    """Population stability index of *seen* against *usual*, in ten bins that *usual* fills alike.

    Below 0.1 nothing has moved, above 0.25 much.

    Example:
        >>> stability(np.arange(100), np.arange(100))
        0.0
    """
    edges = np.unique(np.quantile(usual, np.linspace(0, 1, _BINS + 1)[1:-1]))
    shares = [
        np.maximum(
            np.bincount(np.digitize(one, edges), minlength=len(edges) + 1) / len(one), _SMALLEST
        )
        for one in (usual, seen)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _compared(language: Language, usual: Sample, feed: Sample) -> Drift:
    fall = float(usual.confidence.mean() - feed.confidence.mean())
    verdict = Verdict.FROZEN if fall >= DEEPEST_FALL else Verdict.WITHIN
    return Drift(
        language=language,
        texts=len(feed.words),
        length=stability(usual.words, feed.words),
        new_words=feed.new_words,
        usual_new_words=usual.new_words,
        confidence=float(feed.confidence.mean()),
        fall=fall,
        verdict=verdict if len(feed.words) >= FEWEST else Verdict.INSUFFICIENT,
    )


def _samples(
    scorer: Scorer, texts: Sequence[str], known: Collection[str]
) -> dict[Language, Sample]:
    """Of each language that *scorer* hears in *texts*."""
    scores = scorer.score(texts)
    words = [_words(text) for text in texts]
    confidence = scores.sentiment_p.max(axis=1, initial=0)
    found = {}
    for language in set(scores.languages):
        own = [place for place, one in enumerate(scores.languages) if one is language]
        said = [word for place in own for word in words[place]]
        found[language] = Sample(
            words=np.array([len(words[place]) for place in own]),
            new_words=sum(word not in known for word in said) / max(1, len(said)),
            confidence=confidence[own],
        )
    return found


def _words(text: str) -> list[str]:
    return doubles.normalised(text).split()
