"""Says which words of a text moved its scores, for whoever tries the model with a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.language.scorer import Scorer, Scores

MOST_WORDS = 200
"""Words of a text that are tried; each costs one more text to score."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The scores of a text, and what each word adds to them.

    Attributes:
        words: The words, in their order.
        scores: Of the whole text, one row.
        sentiment: Shape ``(words, 3)``: by how much the probability of the whole text exceeds
            that of the text without the word.
        signals: Shape ``(words, 8)``, likewise.
        drivers: Shape ``(words, 12)``, likewise.
    """

    words: tuple[str, ...]
    scores: Scores
    sentiment: NDArray[np.float32]
    signals: NDArray[np.float32]
    drivers: NDArray[np.float32]


def explained(scorer: Scorer, text: str, *, most: int = MOST_WORDS) -> Explanation:
    """Leave out each word of *text* in turn and see what changes.

    What two words only say together ("not happy") shows in both; what is said twice may show in
    neither.  Beyond the first *most* words none is tried.

    Source:
        Li, Monroe, Jurafsky 2016, "Understanding neural networks through representation
        erasure", arXiv:1612.08220.
    """
    words = text.split()
    tried = words[:most]
    without = [" ".join(words[:place] + words[place + 1 :]) for place in range(len(tried))]
    whole, rest = scorer.score([text]), scorer.score(without)
    return Explanation(
        words=tuple(tried),
        scores=whole,
        sentiment=whole.sentiment_p - rest.sentiment_p,
        signals=whole.signals_p - rest.signals_p,
        drivers=whole.drivers_p - rest.drivers_p,
    )
