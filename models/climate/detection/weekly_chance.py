"""What chance does to the weeks themselves: more of it lasts than one week's correlation says."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from models.climate.detection.noise import Noise
from models.climate.detection.panel import Floats
from models.climate.detection.residuals import LAG, SPAN
from models.climate.detection.scan import LONGEST

MEMORIES: Final[Floats] = np.arange(1, 10) / 10
"""Candidates of ``WeeklyChance.memory``.  The design study drew moods with 0.5."""
_LAGS: Final = LONGEST - 1
"""Correlations that a window of the scan adds up."""
_FILTER: Final[Floats] = np.concatenate([[1.0], np.zeros(LAG - 1), np.full(SPAN, -1 / SPAN)])
"""A residual from weeks of equal weight: the week less the mean of its baseline."""


@dataclass(frozen=True, slots=True)
class WeeklyChance:
    """Chance before a baseline is taken off; a part of its variance lasts, the rest is new.

    Attributes:
        tau: Standard deviation that no size averages out.
        kappa: Standard deviation of one person of full weight.
        lasting: Share of the variance that lasts, 0 to 1.
        memory: Correlation of consecutive weeks of that part.
    """

    tau: float
    kappa: float
    lasting: float
    memory: float


def weekly_chance(residual: Floats, n_eff: Floats, noise: Noise) -> WeeklyChance:
    """Find the chance whose residuals have the variance and the memory of *residual*.

    Every residual of a unit has the error of a baseline in it, and neighbours share it: they
    are alike even where weeks are not.  Weeks drawn with the correlation of residuals would get
    it twice, and as a first-order autoregression forget too soon.  So the correlations over
    the lags that a window adds up are compared with those that each candidate would have once
    a whole baseline is taken off.

    Args:
        residual: Units x weeks, in units of valence; NaN is left out.
        n_eff: Effective contributors, of the same shape.
        noise: Fitted to them.

    Source:
        An autoregression seen through noise of its own: Box & Jenkins 1970, appendix A4.4;
        fitted by least squares to correlations, weighted by the pairs behind each.
    """
    standardised = residual / np.sqrt(noise.variance(n_eff))
    correlation, pairs = _correlations(standardised)
    alone = _of_residuals(np.eye(1, SPAN + LAG + _LAGS)[0])
    best = WeeklyChance(noise.tau / sqrt(alone[0]), noise.kappa / sqrt(alone[0]), 0.0, 0.0)
    least = float(pairs @ (alone[1:] / alone[0] - correlation) ** 2)
    for memory in MEMORIES.tolist():
        lasting = _of_residuals(memory ** np.arange(SPAN + LAG + _LAGS))
        slope = (lasting - alone)[1:] - correlation * (lasting - alone)[0]
        offset = alone[1:] - correlation * alone[0]
        scale = float(pairs @ slope**2)
        share = min(1.0, max(0.0, -float(pairs @ (slope * offset)) / scale)) if scale > 0 else 0.0
        expected = alone + share * (lasting - alone)
        error = float(pairs @ (expected[1:] / expected[0] - correlation) ** 2)
        if error < least:
            grown = sqrt(expected[0])
            least = error
            best = WeeklyChance(noise.tau / grown, noise.kappa / grown, share, memory)
    return best


def _correlations(standardised: Floats) -> tuple[Floats, Floats]:
    """Correlation at lags 1 to 7 over all units, and the pairs behind each."""
    square = float(np.nanmean(standardised**2))
    products = [standardised[:, :-lag] * standardised[:, lag:] for lag in range(1, _LAGS + 1)]
    pairs = np.array([float(np.count_nonzero(np.isfinite(one))) for one in products])
    sums = np.array([float(np.nansum(one)) for one in products])
    return sums / np.maximum(pairs, 1) / square, pairs


def _of_residuals(weeks: Floats) -> Floats:
    """Covariances at lags 0 to 7 of residuals, from those of weeks at lags from 0 up."""
    filtered = np.correlate(_FILTER, _FILTER, mode="full")
    shifts = np.arange(1 - _FILTER.size, _FILTER.size)
    return np.array([float(filtered @ weeks[np.abs(lag - shifts)]) for lag in range(_LAGS + 1)])
