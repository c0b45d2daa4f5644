"""Every unit over every window at once: where is the mean residual least likely chance?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.pace import Pace
from models.climate.detection.panel import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Both arrays have the shape of the residuals, with the lengths as last axis.

    Attributes:
        z: Mean residual in standard deviations, negative for a drop; NaN without any residual.
        effect: Mean residual in units of valence, weighted by precision; NaN likewise.
    """

    z: Floats
    effect: Floats


def scan(residual: Floats, variance: Floats, rho: float, shortness: Floats, pace: Pace) -> Scan:
    """``Z = sum r/sigma2 / sqrt(sum 1/sigma2) / sqrt(1 + 2 rho (w - 1)/w + w s)`` for each length.

    The largest over units and windows is the tree scan statistic; because a drop of a parent is
    spread over its children and one of a child is diluted in its parent, the unit that dropped
    stands out from its lineage.

    Args:
        residual: ... x ``longest`` windows, the latest last; NaN where missing.
        variance: ``sigma2``, of the same shape.
        rho: Correlation of consecutive weeks.
        shortness: ``s``, what a short baseline adds to the variance of a mean residual, in parts
            of that of one week; of the leading shape.
        pace: Which lengths are scanned.

    Source:
        Kulldorff, Fang & Walsh 2003 (tree-based scan statistic), with normal residuals;
        design study.  ``s`` is ours: 0 for the baseline that it was measured with.
    """
    seen = np.isfinite(residual)
    precision = np.where(seen, 1.0 / variance, 0.0)
    sums = _over_lengths(np.where(seen, residual, 0.0) * precision, pace)
    total = _over_lengths(precision, pace)
    total[total == 0] = np.nan
    lengths = np.array(pace.lengths)
    shared = lengths * shortness[..., np.newaxis]
    memory = 1 + 2 * rho * (lengths - 1) / lengths + shared
    return Scan(z=sums / np.sqrt(total * memory), effect=sums / total)


def trailing(series: Floats, longest: int) -> Floats:
    """The *longest* weeks up to each week: ... x weeks becomes ... x weeks x *longest*.

    Weeks before the first are NaN.
    """
    before = [(0, 0)] * (series.ndim - 1) + [(longest - 1, 0)]
    padded = np.pad(series, before, constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(padded, longest, axis=-1)


def _over_lengths(weekly: Floats, pace: Pace) -> Floats:
    """Sums over each of the lengths, up to the latest."""
    backwards: NDArray[np.float64] = np.cumsum(weekly[..., ::-1], axis=-1)
    return backwards[..., np.array(pace.lengths) - 1]
