"""Says which words of a text moved its scores, for whoever tries the model with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.language.scorer import Scorer, Scores

MOST_WORDS = 200
"""Words of a text that are tried; each costs one more text to score."""

_BATCH = 16  # words: few enough to see it move where the text is long


@dataclass(frozen=True, slots=True)
class Explanation:
    """The scores of a text, and what each word adds to them.

    Attributes:
        words: The words that were tried, in their order.
        untried: How many words come after them, of which nothing is told.
        scores: Of the whole text, one row.
        sentiment: Shape ``(words, 3)``: by how much the probability of the whole text exceeds
            that of the text without the word.
        signals: Shape ``(words, 8)``, likewise.
        drivers: Shape ``(words, 12)``, likewise.
    """

    words: tuple[str, ...]
    untried: int
    scores: Scores
    sentiment: NDArray[np.float32]
    signals: NDArray[np.float32]
    drivers: NDArray[np.float32]


def explained(
    scorer: Scorer,
    text: str,
    *,
    most: int = MOST_WORDS,
    tried: Callable[[int, int], None] = lambda _words, _of: None,
) -> Explanation:
    """Leave out each word of *text* in turn and see what changes.

    What two words only say together ("not happy") shows in both; what is said twice may show in
    neither.

    Args:
        scorer: Who is asked.
        text: What is explained.
        most: Beyond the first so many words none is tried.
        tried: Hears from time to time how many words were tried, and of how many.

    Source:
        Li, Monroe, Jurafsky 2016, "Understanding neural networks through representation
        erasure", arXiv:1612.08220.
    """
    words = text.split()
    count = min(most, len(words))
    whole = scorer.score([text])
    rest = []
    for start in range(0, count, _BATCH):
        stop = min(count, start + _BATCH)
        rest.append(scorer.score([_without(words, place) for place in range(start, stop)]))
        tried(stop, count)
    return Explanation(
        words=tuple(words[:count]),
        untried=len(words) - count,
        scores=whole,
        sentiment=_lost(whole.sentiment_p, [one.sentiment_p for one in rest]),
        signals=_lost(whole.signals_p, [one.signals_p for one in rest]),
        drivers=_lost(whole.drivers_p, [one.drivers_p for one in rest]),
    )


def _without(words: Sequence[str], place: int) -> str:
    return " ".join([*words[:place], *words[place + 1 :]])


def _lost(whole: NDArray[np.float32], rest: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Shape ``(words, labels)``; of no batch at all it has no rows."""
    lost: NDArray[np.float32] = whole - np.concatenate([whole[:0], *rest])
    return lost
