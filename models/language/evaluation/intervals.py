"""How sure a macro-F1 is: what other samples of as many messages would have given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from models.language.figures import Flags

RESAMPLES: Final = 2_000
LEVEL: Final = 0.95
SEED: Final = 20_261


class Interval(NamedTuple):
    """A figure and its bounds."""

    value: float
    low: float
    high: float

    @override
    def __str__(self) -> str:
        """Such as ``0.83 (0.81-0.85)``."""
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


def macro_f1(truth: Flags, found: Flags, groups: Sequence[str]) -> Interval:
    """Mean F1 of the labels that occur in *truth*, with a percentile bootstrap of whole groups.

    Near twins share a group: drawn one by one they would make the figure look surer than it is.

    Args:
        truth: Shape ``(n, labels)``.
        found: Likewise.
        groups: ``n`` names.

    Source:
        Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13; cluster
        resampling: Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x.
    """
    occurring = truth.any(axis=0)
    truth, found = truth[:, occurring], found[:, occurring]
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    counts = np.stack([truth & found, truth, found]).astype(float)
    by_group = np.zeros((3, len(names), truth.shape[1]))
    for part, one in enumerate(counts):
        np.add.at(by_group[part], member, one)
    chance = np.random.default_rng(SEED)
    drawn = chance.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    samples = _macro(*(drawn @ by_group[part] for part in range(3)))
    value = _macro(*(by_group[part].sum(axis=0, keepdims=True) for part in range(3)))
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(value[0]), float(low), float(high))


def _macro(
    hits: NDArray[np.float64], true: NDArray[np.float64], said: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Of counts of shape ``(samples, labels)`` the mean F1, shape ``(samples,)``."""
    result: NDArray[np.float64] = (2 * hits / np.maximum(true + said, 1)).mean(axis=1)
    return result
