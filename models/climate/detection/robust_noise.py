"""The noise of few weeks, that a change in them does not hide behind."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.climate.detection.noise import Noise, fit_noise
from models.climate.detection.pace import Pace
from models.climate.detection.panel import Floats

FAR: Final = 4.0
"""Standard deviations beyond which a residual is left out: 1 of 16,000 that are chance."""
NEAR: Final = 2.5
"""The same in the first round, by the median, which large changes have moved a little."""
_MEDIAN: Final = 0.6744897501960817
"""Of the absolute value of a standard normal variable."""
_ROUNDS: Final = 10


def noise_of(residual: Floats, n_eff: Floats, pace: Pace) -> Noise:
    """Fit the noise as its weeks allow: robustly, as long as they are few.

    Later a change of some weeks is a small part of all, and shocks that are rare but large belong
    to the noise as they did in the design study: without them heavy tails raise up to twice as
    many false episodes.

    Args:
        residual: Units x weeks, in units of valence; NaN is left out.
        n_eff: Effective contributors, of the same shape.
        pace: Of the windows.

    Raises:
        ValueError: there is no noise to fit.
    """
    few = np.count_nonzero(np.isfinite(residual).any(axis=0)) < pace.settled
    return fit_robust_noise(residual, n_eff) if few else fit_noise(residual, n_eff)


def fit_robust_noise(residual: Floats, n_eff: Floats) -> Noise:
    """Fit the noise to what is not far off.

    In few weeks of few units one department that really dropped is a good part of all squares:
    with it in f of the residuals no ``Z`` over w weeks could pass ``sqrt(w / f)``, however far
    it fell.  So residuals beyond ``FAR`` deviations are left out and the rest is fitted again,
    until none changes sides.  It begins with the median, which a change of less than half of the
    residuals hardly moves.

    Args:
        residual: Units x weeks, in units of valence; NaN is left out.
        n_eff: Effective contributors, of the same shape.

    Raises:
        ValueError: no residual, or half of them are nought.

    Source:
        Iterated rejection of outliers from a robust start: Hampel et al. 1986, chapter 1.4;
        Rousseeuw & Leroy 1987, chapter 4 (median of absolute deviations).
    """
    seen = np.isfinite(residual) & np.isfinite(n_eff)
    scaled = np.abs(residual[seen]) * np.sqrt(n_eff[seen])
    kappa = float(np.median(scaled)) / _MEDIAN if scaled.size else 0.0
    if kappa == 0:
        raise ValueError("there is no noise to fit")
    noise, limit, before = Noise(0.0, kappa, 0.0), NEAR, np.zeros_like(seen)
    for _ in range(_ROUNDS):
        near = seen & (np.abs(residual) <= limit * np.sqrt(noise.variance(n_eff)))
        if np.array_equal(near, before):
            break
        noise, limit, before = fit_noise(np.where(near, residual, np.nan), n_eff), FAR, near
    return noise
