"""From logits to a probability we are prepared to defend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def calibrated(
    logits: NDArray[np.float32], temperatures: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Probabilities of classes of which exactly one is true.

    Args:
        logits: Shape ``(n, classes)``, unbounded.
        temperatures: Shape ``(n,)``, dimensionless, > 0: that of each text's language.

    Returns:
        Shape ``(n, classes)``; rows sum to 1; the winning class never changes.

    Raises:
        ValueError: a temperature is not positive.

    Source:
        Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599, 4.2.

    Example:
        >>> calibrated(np.array([[0.0, 0.0, 2.0]], np.float32), np.array([2.0])).round(2)
        array([[0.21, 0.21, 0.58]], dtype=float32)
    """
    scaled = _cooled(logits, temperatures)
    exps = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: NDArray[np.float32] = exps / exps.sum(axis=1, keepdims=True)
    return result


def independent(
    logits: NDArray[np.float32], temperatures: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Probabilities of labels of which any number may be true; arguments as in `calibrated`.

    Example:
        >>> independent(np.array([[0.0, 2.0]], np.float32), np.array([1.0])).round(2)
        array([[0.5 , 0.88]], dtype=float32)
    """
    # The two halves of the logistic function never overflow.
    halves = np.tanh(_cooled(logits, temperatures) / 2)
    return ((1 + halves) / 2).astype(np.float32)


def _cooled(logits: NDArray[np.float32], temperatures: NDArray[np.float32]) -> NDArray[np.float32]:
    if np.any(temperatures <= 0):
        raise ValueError("temperatures must be positive")
    result: NDArray[np.float32] = logits / np.asarray(temperatures, np.float32)[:, None]
    return result
