"""Every unit over every window at once: where is the mean residual least likely chance?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.panel import Floats

WINDOWS: Final = (1, 2, 4, 8)
"""Lengths in weeks (design study): short ones find large changes soon, long ones small."""
LONGEST: Final = WINDOWS[-1]
_LAST: Final = np.array(WINDOWS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Both arrays have the shape of the residuals, with the windows as last axis.

    Attributes:
        z: Mean residual in standard deviations, negative for a drop; NaN without any residual.
        effect: Mean residual in units of valence, weighted by precision; NaN likewise.
    """

    z: Floats
    effect: Floats


def scan(residual: Floats, variance: Floats, rho: float, shortness: Floats) -> Scan:
    """``Z = sum r/sigma2 / sqrt(sum 1/sigma2) / sqrt(1 + 2 rho (w - 1)/w + w s)`` for each window.

    The largest over units and windows is the tree scan statistic; because a drop of a parent is
    spread over its children and one of a child is diluted in its parent, the unit that dropped
    stands out from its lineage.

    Args:
        residual: ... x ``LONGEST`` weeks, the latest last; NaN where missing.
        variance: ``sigma2``, of the same shape.
        rho: Correlation of consecutive weeks.
        shortness: ``s``, what a short baseline adds to the variance of a mean residual, in parts
            of that of one week; of the leading shape.

    Source:
        Kulldorff, Fang & Walsh 2003 (tree-based scan statistic), with normal residuals;
        design study.  ``s`` is ours: 0 for the baseline that it was measured with.
    """
    seen = np.isfinite(residual)
    precision = np.where(seen, 1.0 / variance, 0.0)
    sums = _over_windows(np.where(seen, residual, 0.0) * precision)
    total = _over_windows(precision)
    total[total == 0] = np.nan
    shared = np.array(WINDOWS) * shortness[..., np.newaxis]
    memory = 1 + 2 * rho * _LAST / np.array(WINDOWS) + shared
    return Scan(z=sums / np.sqrt(total * memory), effect=sums / total)


def trailing(series: Floats) -> Floats:
    """The ``LONGEST`` weeks up to each week: ... x weeks becomes ... x weeks x ``LONGEST``.

    Weeks before the first are NaN.
    """
    before = [(0, 0)] * (series.ndim - 1) + [(LONGEST - 1, 0)]
    padded = np.pad(series, before, constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(padded, LONGEST, axis=-1)


def _over_windows(weekly: Floats) -> Floats:
    """Sums over the last 1, 2, 4 and 8 weeks."""
    backwards: NDArray[np.float64] = np.cumsum(weekly[..., ::-1], axis=-1)
    return backwards[..., _LAST]
