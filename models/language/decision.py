"""From probabilities to the signals that a message is said to carry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.language.labels import Signal

_LEAVES = list(Signal).index(Signal.TURNOVER_INTENT)
_MOVES = list(Signal).index(Signal.MOBILITY_INTENT)


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
