"""A count that is seen only where it is large enough is larger than what is expected of it."""

from __future__ import annotations

import numpy as np
from scipy.special import gammainc, gammaln  # type: ignore[import-untyped] # ships no types

from models.climate.detection.panel import Floats
from models.climate.disclosure.two_sided import LEAST


def mean_if_shown(mean: Floats) -> Floats:
    """Mean of a Poisson count, given that it is at least ``LEAST``.

    Args:
        mean: Of the count itself, above 0; any shape.

    Source:
        Left-truncated Poisson distribution: Plackett 1953, Biometrika 40.
    """
    return mean * (1 + _hazard(mean))


def slope_if_shown(mean: Floats) -> Floats:
    """Derivative of ``mean_if_shown``, between 0 and 1.

    In an exponential family it is the variance of the truncated count over the mean.
    """
    hazard = _hazard(mean)
    return 1 + hazard * (LEAST - mean * (1 + hazard))


def _hazard(mean: Floats) -> Floats:
    """``P(X = LEAST - 1) / P(X >= LEAST)``."""
    last = np.exp((LEAST - 1) * np.log(mean) - mean - gammaln(LEAST))
    hazard: Floats = last / gammainc(LEAST, mean)
    return hazard
