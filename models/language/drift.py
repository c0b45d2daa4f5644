"""Says how far a feed is from what a model was trained and measured on, language by language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.language.corpus import doubles, loader, split
from models.language.labels import Language
from models.language.scorer import Scorer

FEWEST: Final = 200
"""Texts of a language from which a verdict is given: below that chance alone moves the figures."""

DEEPEST_FALL: Final = 0.05
"""Expected loss of accuracy from which a language is frozen."""

MOST_NEW: Final = 0.35
"""How far the share of new words may be above the usual one before a language is frozen.

Measured on 200 texts each, as the default model hears them: text in its languages is at most 0.30
above (tweets in French; other real text 0.00 to 0.26), text in ten languages that it does not
know at least 0.54 (Spanish).  A bootstrap of either stays on its side: 0.33 and 0.50.
"""

MOST_UNREADABLE: Final = 0.5
"""Share of texts without a word above which a language is frozen: most of it is not judged."""

_BINS = 10
_SMALLEST = 1e-3


class Verdict(StrEnum):
    """What to do with the indicators of a language."""

    WITHIN = "within"
    FROZEN = "frozen"
    INSUFFICIENT = "insufficient"


class Reason(StrEnum):
    """Why a language is frozen."""

    CONFIDENCE = "confidence"
    NEW_WORDS = "new words"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Sample:
    """Some texts of one language, without the texts.

    Attributes:
        texts: How many there are.
        words: Shape ``(n,)``: how many each text has that has any.
        new_words: Shape ``(n,)``: which share of them training does not have.
        confidence: Shape ``(n,)``: probability of the likeliest sentiment.
    """

    texts: int
    words: NDArray[np.intp]
    new_words: NDArray[np.float64]
    confidence: NDArray[np.float32]

    @property
    def unreadable(self) -> float:
        """Share of the texts that have no word."""
        return 1 - len(self.words) / self.texts


@dataclass(frozen=True, slots=True)
class Drift:
    """A feed against the reference, in one language.

    Attributes:
        language: Which.
        texts: How many the feed has.
        unreadable: Share of them without a word: empty, or signs alone.  They are in no figure
            below, and what has no text to tell from is None.
        usual_unreadable: The same of the reference.
        length: Population stability index of the number of words.
        new_words: Mean share of a text's words that training does not have.
        usual_new_words: The same of the reference.
        confidence: Mean probability of the likeliest sentiment.
        fall: By how much that is below the reference's, which is what accuracy is expected to
            fall by.
        verdict: What follows.
        reasons: Why it is frozen; of any other verdict none.
    """

    language: Language
    texts: int
    unreadable: float
    usual_unreadable: float
    length: float | None
    new_words: float | None
    usual_new_words: float
    confidence: float | None
    fall: float | None
    verdict: Verdict
    reasons: tuple[Reason, ...]


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
    length = new_words = confidence = fall = None
    if len(feed.words):
        length = stability(usual.words, feed.words)
        new_words = float(feed.new_words.mean())
        confidence = float(feed.confidence.mean())
        fall = float(usual.confidence.mean()) - confidence
    usual_new_words = float(usual.new_words.mean())
    reasons = []
    if feed.texts >= FEWEST and feed.unreadable > MOST_UNREADABLE:
        reasons.append(Reason.UNREADABLE)
    if len(feed.words) >= FEWEST:
        if fall is not None and fall >= DEEPEST_FALL:
            reasons.append(Reason.CONFIDENCE)
        if new_words is not None and new_words >= usual_new_words + MOST_NEW:
            reasons.append(Reason.NEW_WORDS)
    judged = Verdict.WITHIN if len(feed.words) >= FEWEST else Verdict.INSUFFICIENT
    return Drift(
        language=language,
        texts=feed.texts,
        unreadable=feed.unreadable,
        usual_unreadable=usual.unreadable,
        length=length,
        new_words=new_words,
        usual_new_words=usual_new_words,
        confidence=confidence,
        fall=fall,
        verdict=Verdict.FROZEN if reasons else judged,
        reasons=tuple(reasons),
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
        # A model is sure that a text which says nothing is neutral: that is no confidence.
        spoken = [place for place in own if words[place]]
        found[language] = Sample(
            texts=len(own),
            words=np.array([len(words[place]) for place in spoken], np.intp),
            new_words=np.array([_new(words[place], known) for place in spoken], np.float64),
            confidence=confidence[spoken],
        )
    return found


def _new(words: Sequence[str], known: Collection[str]) -> float:
    return sum(word not in known for word in words) / len(words)


def _words(text: str) -> list[str]:
    return doubles.normalised(text).split()
