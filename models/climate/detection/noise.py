"""How far units of any size move by chance, fitted over all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from models.climate.detection.panel import Floats


@dataclass(frozen=True, slots=True)
class Noise:
    """Variance of a weekly residual as a function of size, and its memory.

    Attributes:
        tau: Standard deviation that no size averages out: what happens to a whole unit.
        kappa: Standard deviation of one person of full weight.
        rho: Correlation of two consecutive weeks, 0 to 1.
    """

    tau: float
    kappa: float
    rho: float

    def variance(self, n_eff: Floats) -> Floats:
        """``sigma2 = tau^2 + kappa^2 / n_eff``, of the shape of *n_eff*."""
        return self.tau**2 + self.kappa**2 / n_eff


def fit_noise(residual: Floats, n_eff: Floats) -> Noise:
    """Fit the noise of one organisation.

    Pooled, because a unit's own variance from a few weeks is itself mostly noise.  Squared
    residuals are regressed on 1 and ``1 / n_eff``, neither coefficient below nought.

    Args:
        residual: Units x weeks, in units of valence; NaN is left out.
        n_eff: Effective contributors, of the same shape.

    Raises:
        ValueError: no residual, or none that differs from nought: any change would be infinite.

    Source:
        Design study.  Non-negative least squares: Lawson & Hanson 1974, chapter 23; of two
        columns the solution is the free one or that with one column alone.
    """
    seen = np.isfinite(residual) & np.isfinite(n_eff)
    if not np.any(residual[seen]):
        raise ValueError("there is no noise to fit")
    tau2, kappa2 = _non_negative(1.0 / n_eff[seen], residual[seen] ** 2)
    noise = Noise(sqrt(tau2), sqrt(kappa2), rho=0.0)
    standardised = np.where(seen, residual, np.nan) / np.sqrt(noise.variance(n_eff))
    return Noise(noise.tau, noise.kappa, _lag_one(standardised))


def _non_negative(slope: Floats, target: Floats) -> tuple[float, float]:
    """The a, b >= 0 that minimise ``sum (target - a - b * slope)^2``; target is >= 0."""
    centred = slope - slope.mean()
    spread = float(centred @ centred)
    b = float(centred @ target) / spread if spread > 0 else 0.0
    a = float(target.mean() - b * slope.mean())
    if a >= 0 and b >= 0:
        return a, b
    constant = (float(target.mean()), 0.0)
    proportional = (0.0, float(slope @ target) / float(slope @ slope))
    return min(
        constant,
        proportional,
        key=lambda fit: float(np.sum((target - fit[0] - fit[1] * slope) ** 2)),
    )


def _lag_one(standardised: Floats) -> float:
    """Correlation of consecutive weeks over all units; below nought counts as nought.

    A negative one would make long windows look more certain than independent weeks.
    """
    before, after = standardised[:, :-1], standardised[:, 1:]
    pairs = np.isfinite(before) & np.isfinite(after)
    before, after = before[pairs], after[pairs]
    scale = float(before @ before + after @ after) / 2
    return max(0.0, float(before @ after) / scale) if scale > 0 else 0.0
