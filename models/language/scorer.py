"""The one abstraction over inference engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.language.labels import Language


@dataclass(frozen=True, slots=True)
class Scores:
    """One row per text, in the order of the texts.

    Attributes:
        sentiment_p: Shape ``(n, 3)``, calibrated, in the order of ``labels.Sentiment``.
        signals_p: Shape ``(n, 8)``, calibrated, in the order of ``labels.Signal``.
        drivers_p: Shape ``(n, 12)``, calibrated, in the order of ``labels.Driver``.
        sure: Shape ``(n,)``, whether the likeliest sentiment is at or above ``decision.FLOOR``:
            else no feeling is named.  A text that cannot be read is neutral and not sure.
        signals: Shape ``(n, 8)``, whether each signal is at or above its threshold.
        drivers: Shape ``(n, 12)``, whether each driver is at or above its threshold.
        languages: ``n`` languages.
        model: Name and version of the weights, such as ``e5-probe-2026.1``.
    """

    sentiment_p: NDArray[np.float32]
    signals_p: NDArray[np.float32]
    drivers_p: NDArray[np.float32]
    sure: NDArray[np.bool_]
    signals: NDArray[np.bool_]
    drivers: NDArray[np.bool_]
    languages: Sequence[Language]
    model: str

    @property
    def valence(self) -> NDArray[np.float32]:
        """Shape ``(n,)``, in [-1, 1]: probability of positive less that of negative.

        An expected value, of doubtful texts as well: they count little by themselves, and a mean
        without them would lean towards what is easily said.
        """
        result: NDArray[np.float32] = self.sentiment_p[:, 2] - self.sentiment_p[:, 0]
        return result


class Scorer(Protocol):
    """Texts in, scores out; deterministic, and no text is kept."""

    def score(self, texts: Sequence[str]) -> Scores:
        """Score *texts*; an empty batch is allowed."""
        ...
