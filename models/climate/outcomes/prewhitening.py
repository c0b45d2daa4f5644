"""What a monthly series does that its own past and the season do not foretell."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

LARGEST_ORDER: Final = 3
"""Earlier months that may foretell the next: a quarter.  Each costs a month at the start, one
after every gap and one degree of freedom of 36."""
YEAR: Final = 12

Array = NDArray[np.float64]


def prewhitened(series: Array) -> Array:
    """Residuals of an autoregression with a yearly wave.

    Two series that each drift slowly go together by chance far more often than two that do not
    (Yule, 1926), and two that both have winters always do.  What is left here of each is close to
    white noise.  The order, 0 to ``LARGEST_ORDER``, is that of the least corrected information
    criterion on the months that all orders can use; the fit is by conditional least squares on
    all months that the order can use.

    Args:
        series: Shape ``(n,)``, consecutive months, NaN in a gap.

    Returns:
        Shape ``(n,)``; NaN in a gap and in the months after one (and after the start) for which
        an earlier month is missing.

    Raises:
        ValueError: too few months in a row to tell the orders apart.

    Source:
        Box & Jenkins, Time Series Analysis (1970), chapter 11; Hurvich & Tsai, "Regression and
        time series model selection in small samples" (1989), Biometrika 76.
    """
    largest = _design(series, LARGEST_ORDER)
    judged = np.isfinite(series) & np.isfinite(largest).all(axis=1)
    # Columns, plus the variance, plus the one that the correction must leave.
    if judged.sum() <= largest.shape[1] + 2:
        raise ValueError("too few months in a row")
    criteria = [_criterion(series, order, judged) for order in range(LARGEST_ORDER + 1)]
    design = _design(series, int(np.argmin(criteria)))
    used = np.isfinite(series) & np.isfinite(design).all(axis=1)
    residuals = np.full_like(series, np.nan)
    residuals[used] = _residuals(design[used], series[used])
    return residuals


def _design(series: Array, order: int) -> Array:
    """Shape ``(n, 3 + order)``: level, wave of a year, the months before."""
    months = np.arange(len(series))
    angle = 2 * np.pi * months / YEAR
    earlier = [np.where(months >= lag, np.roll(series, lag), np.nan) for lag in range(1, order + 1)]
    return np.column_stack([np.ones_like(angle), np.cos(angle), np.sin(angle), *earlier])


def _residuals(design: Array, series: Array) -> Array:
    fitted, *_ = np.linalg.lstsq(design, series, rcond=None)
    return series - design @ fitted


def _criterion(series: Array, order: int, judged: NDArray[np.bool_]) -> float:
    """AICc of an order, the variance counted among the parameters."""
    design = _design(series, order)[judged]
    months, columns = design.shape
    parameters = columns + 1
    variance = float(np.mean(_residuals(design, series[judged]) ** 2))
    # A series that is foretold exactly has the same criterion, minus infinity, from some order on.
    likelihood = months * np.log(variance) if variance > 0 else -np.inf
    return float(likelihood + 2 * parameters * months / (months - parameters - 1))
