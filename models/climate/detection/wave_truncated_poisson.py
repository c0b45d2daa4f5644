"""A count that is seen only where it is large enough is larger than what is expected of it."""

from __future__ import annotations

import numpy as np
from scipy.special import gammainc, gammaln  # type: ignore[import-untyped] # ships no types

from models.climate.detection.panel import Floats
from models.climate.disclosure.two_sided import LEAST


def if_shown(mean: Floats) -> tuple[Floats, Floats]:
    """Mean of a Poisson count that is at least ``LEAST``, and its derivative by *mean*.

    In an exponential family the derivative is the variance of the truncated count over the mean;
    it lies between 0 and 1.

    Args:
        mean: Of the count itself, above 0; any shape.

    Source:
        Left-truncated Poisson distribution: Plackett 1953, Biometrika 40.
    """
    last = np.exp((LEAST - 1) * np.log(mean) - mean - gammaln(LEAST))
    hazard: Floats = last / gammainc(LEAST, mean)  # P(X = LEAST - 1) / P(X >= LEAST)
    truncated = mean * (1 + hazard)
    return truncated, 1 + hazard * (LEAST - truncated)
