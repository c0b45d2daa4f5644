"""From probabilities to what is said: a message's signals, and whether its feeling is named."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.language.labels import Signal

_LEAVES = list(Signal).index(Signal.TURNOVER_INTENT)
_MOVES = list(Signal).index(Signal.MOBILITY_INTENT)

FLOOR: Final = 0.65
"""Probability of the likeliest feeling from which it is named.

On messages that a run never saw, four in five are named then, and nine in ten of these are right
(``docs/adr/0035``).  One for all languages: probabilities are calibrated in each.
"""


def sure(p: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether a feeling is likely enough to be named.

    Args:
        p: Shape ``(n, 3)``, calibrated probabilities of the feelings.

    Returns:
        Shape ``(n,)``.

    Source:
        Chow 1970, "On optimum recognition error and reject tradeoff",
        doi:10.1109/TIT.1970.1054406: no other rule errs less at the same coverage, if the
        probabilities are right.

    Example:
        >>> sure(np.array([[0.2, 0.7, 0.1], [0.4, 0.5, 0.1]], np.float32)).tolist()
        [True, False]
    """
    result: NDArray[np.bool_] = p.max(axis=1) >= FLOOR
    return result


def signals(p: NDArray[np.float32], thresholds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Signals that reach their threshold; of leaving and moving inside only the likelier one.

    One message in seventy of those that carry either carries both, and nothing misleads its
    readers more than taking somebody who wants another team for somebody who leaves.

    Args:
        p: Shape ``(n, 8)``, probabilities.
        thresholds: Shape ``(n, 8)`` or ``(8,)``.

    Returns:
        Shape ``(n, 8)``.
    """
    found = p >= thresholds
    both = found[:, _LEAVES] & found[:, _MOVES]
    leaves = p[:, _LEAVES] >= p[:, _MOVES]
    found[both & leaves, _MOVES] = False
    found[both & ~leaves, _LEAVES] = False
    return found
