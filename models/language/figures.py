"""The figures that are reported, from labels and probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BINS = 15

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


def f1(truth: Flags, found: Flags) -> float:
    """Harmonic mean of precision and recall; 0 where neither side holds anything.

    Example:
        >>> round(f1(np.array([True, True, False]), np.array([True, False, False])), 2)
        0.67
    """
    either = int(truth.sum() + found.sum())
    return 2 * int((truth & found).sum()) / either if either else 0.0


def macro_f1(truth: Places, found: Places) -> float:
    """Mean F1 of the classes that occur in *truth*, of which each text has one."""
    return float(np.mean([f1(truth == label, found == label) for label in np.unique(truth)]))


def macro_f1_labels(truth: Flags, found: Flags) -> float:
    """Mean F1 of the labels that occur in *truth*; arguments of shape ``(n, labels)``."""
    occurring = [label for label in range(truth.shape[1]) if truth[:, label].any()]
    return float(np.mean([f1(truth[:, label], found[:, label]) for label in occurring]))


def calibration_error(truth: Places, p: NDArray[np.float32]) -> float:
    """Expected calibration error of the winning class, in 15 bins of equal width.

    Source:
        Guo et al. 2017, arXiv:1706.04599, equation 3.
    """
    confidence = p.max(axis=1)
    right = p.argmax(axis=1) == truth
    return _gap(right, confidence)


def calibration_error_labels(truth: Flags, p: NDArray[np.float32]) -> float:
    """Mean over the labels of the expected calibration error of each, as yes or no."""
    return float(np.mean([_gap(truth[:, label], p[:, label]) for label in range(truth.shape[1])]))


def _gap(right: Flags, p: NDArray[np.float32]) -> float:
    bins = np.minimum((p * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(right[bins == one].mean() - p[bins == one].mean()) * (bins == one).mean()
        for one in np.unique(bins)
    ]
    return float(np.sum(gaps))
