"""Correlation of one series with the earlier values of another: estimate, test, interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

PERMUTATIONS: Final = 999
"""With the observed order a thousand: a p-value of 0.05 is then known to 0.007."""
RESAMPLES: Final = 999
"""Resamples of the bootstrap: the 95th percentile of a thousand is known to one in a hundred."""
BLOCK: Final = 3
"""Months that are resampled together: the cube root of 36 (Hall, Horowitz & Jing, 1995)."""
CONFIDENCE: Final = 0.95
NORMAL: Final = 1.96
"""Quantile of the normal distribution for ``CONFIDENCE``, two-sided."""
_NEARLY_ONE: Final = 1 - 1e-12

Array = NDArray[np.float64]


def lagged(leading: Array, lags: Sequence[int]) -> Array:
    """The series as it was *lags* months before, shape ``(..., n, lags)``; NaN before its start."""
    columns = np.full((*leading.shape, len(lags)), np.nan)
    for column, lag in enumerate(lags):
        columns[..., lag:, column] = leading[..., : leading.shape[-1] - lag]
    return columns


def correlations(columns: Array, following: Array) -> Array:
    """Pearson's coefficient of each column with *following*, over the months that both have.

    Args:
        columns: Shape ``(..., n, lags)``, NaN where unknown.
        following: Shape ``(..., n)``, NaN where unknown.

    Returns:
        Shape ``(..., lags)``; 0 where either does not vary.
    """
    both = np.isfinite(columns) & np.isfinite(following)[..., np.newaxis]
    pairs = np.maximum(both.sum(axis=-2, keepdims=True), 1)
    x = np.where(both, columns, 0.0)
    y = np.where(both, following[..., np.newaxis], 0.0)
    x = np.where(both, x - x.sum(axis=-2, keepdims=True) / pairs, 0.0)
    y = np.where(both, y - y.sum(axis=-2, keepdims=True) / pairs, 0.0)
    xx, yy, xy = (np.einsum("...nl,...nl->...l", *two) for two in ((x, x), (y, y), (x, y)))
    scale = np.sqrt(xx * yy)
    coefficients: Array = np.divide(xy, scale, out=np.zeros_like(scale), where=scale > 0)
    return coefficients


def permutation_p(
    leading: Array, following: Array, lags: Sequence[int], chance: Generator
) -> float:
    """How often the largest coefficient over *lags* is as large when the months are shuffled.

    Whoever looks at seven lags and reports the best must compare it with the best of seven.  The
    months must be exchangeable: give it prewhitened series.

    Args:
        leading: Shape ``(n,)``, NaN where unknown.
        following: Shape ``(n,)``, NaN where unknown.
        lags: Months by which *leading* may come before.
        chance: Source of the orders.

    Returns:
        Between ``1 / (PERMUTATIONS + 1)`` and 1; never 0, as the observed order is one of those
        that are possible.

    Source:
        Haugh, "Checking the independence of two covariance-stationary time series" (1976), JASA
        71, for residuals; Westfall & Young, Resampling-Based Multiple Testing (1993), for the
        maximum; Phipson & Smyth, "Permutation p-values should never be zero" (2010).
    """
    known = np.isfinite(leading)
    orders = np.full((PERMUTATIONS, len(leading)), np.nan)
    orders[:, known] = chance.permuted(np.tile(leading[known], (PERMUTATIONS, 1)), axis=1)
    observed = np.abs(correlations(lagged(leading, lags), following)).max()
    shuffled = np.abs(correlations(lagged(orders, lags), following)).max(axis=1)
    # A shuffled order that equals the observed one may differ from it by rounding.
    as_large = int((shuffled >= observed * _NEARLY_ONE).sum())
    return (1 + as_large) / (1 + PERMUTATIONS)


def simultaneous_half_width(
    leading: Array, following: Array, lags: Sequence[int], chance: Generator
) -> float:
    """Half the width of an interval on Fisher's scale that holds at all *lags* together.

    Blocks of months are drawn with replacement, all lags of a month together; the width is that
    of the largest deviation, so it holds for whichever lag is picked afterwards.  It is never
    narrower than that of as many independent months, which a bootstrap of so few falls short of.

    Source:
        Künsch (1989), Annals of Statistics 17, and Politis & Romano (1992) for circular blocks;
        Fisher (1915), Biometrika 10, for the scale and the floor; Romano & Wolf (2005),
        Econometrica 73, for the maximum.
    """
    columns = lagged(leading, lags)
    rows = np.isfinite(following) & np.isfinite(columns).any(axis=1)
    columns, following = columns[rows], following[rows]
    months = len(following)
    starts = chance.integers(0, months, (RESAMPLES, -(-months // BLOCK), 1))
    drawn = ((starts + np.arange(BLOCK)) % months).reshape(RESAMPLES, -1)[:, :months]
    estimate = fisher(correlations(columns, following))
    resampled = fisher(correlations(columns[drawn], following[drawn]))
    deviations = np.abs(resampled - estimate).max(axis=1)
    pairs = int(np.isfinite(columns).sum(axis=0).min())
    return max(float(np.quantile(deviations, CONFIDENCE)), NORMAL / math.sqrt(pairs - 3))


def fisher(coefficients: Array) -> Array:
    """Fisher's scale, on which a coefficient is as uncertain near 1 as near 0."""
    return np.arctanh(np.clip(coefficients, -_NEARLY_ONE, _NEARLY_ONE))
