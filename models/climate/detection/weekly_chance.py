"""What chance does to the weeks themselves: more of it lasts than one week's correlation says."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from models.climate.detection.noise import Noise
from models.climate.detection.pace import Pace
from models.climate.detection.panel import Floats

MEMORIES: Final[Floats] = np.arange(1, 10) / 10
"""Candidates of ``WeeklyChance.memory``.  The design study drew moods with 0.5."""
_LEAST_LAGS: Final = 3
"""Fewer correlations do not tell a small part that lasts long from a large one that does not."""


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


def weekly_chance(residual: Floats, n_eff: Floats, noise: Noise, pace: Pace) -> WeeklyChance:
    """Find the chance whose residuals have the variance and the memory of *residual*.

    Every residual of a unit has the error of a baseline in it, and neighbours share it: they
    are alike even where weeks are not.  Weeks drawn with the correlation of residuals would get
    it twice, and as a first-order autoregression forget too soon.  So the correlations over
    the lags that the longest window adds up are compared with those that each candidate would
    have once a baseline of as many weeks as usual is taken off.

    Args:
        residual: Units x weeks, in units of valence; NaN is left out.
        n_eff: Effective contributors, of the same shape.
        noise: Fitted to them.
        pace: Of the windows, which are weeks or stand for them.

    Source:
        An autoregression with added noise: Box & Jenkins 1970, chapter 4, appendix;
        fitted by least squares to correlations, weighted by the pairs behind each.
    """
    standardised = residual / np.sqrt(noise.variance(n_eff))
    lags = max(pace.longest - 1, _LEAST_LAGS)
    correlation, pairs = _correlations(standardised, lags)
    span = _usual_span(residual.shape[1], pace)
    furthest = np.arange(span + pace.lag + lags)
    alone = _of_residuals(np.where(furthest == 0, 1.0, 0.0), span, pace.lag, lags)
    best = WeeklyChance(noise.tau / sqrt(alone[0]), noise.kappa / sqrt(alone[0]), 0.0, 0.0)
    least = float(pairs @ (alone[1:] / alone[0] - correlation) ** 2)
    for memory in MEMORIES.tolist():
        lasting = _of_residuals(memory**furthest, span, pace.lag, lags)
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


def _correlations(standardised: Floats, lags: int) -> tuple[Floats, Floats]:
    """Correlation at lags from 1, and the pairs behind each."""
    square = float(np.nanmean(standardised**2))
    products = [standardised[:, :-lag] * standardised[:, lag:] for lag in range(1, lags + 1)]
    pairs = np.array([float(np.count_nonzero(np.isfinite(one))) for one in products])
    sums = np.array([float(np.nansum(one)) for one in products])
    return sums / np.maximum(pairs, 1) / square, pairs


def _usual_span(windows: int, pace: Pace) -> int:
    """Length of the baselines behind so many windows: the harmonic mean, as errors add up.

    A year of weeks has none of a whole year.
    """
    judged = np.arange(pace.lag + pace.least - 1, windows)
    lengths = np.minimum(judged - pace.lag + 1, pace.span)
    return round(lengths.size / float((1 / lengths).sum())) if lengths.size else pace.least


def _of_residuals(weeks: Floats, span: int, lag: int, lags: int) -> Floats:
    """Covariances at the same lags, from 0, of residuals, from those of weeks of equal weight."""
    baseline = np.full(span, -1 / span)
    residual = np.concatenate([[1.0], np.zeros(lag - 1), baseline])
    filtered = np.correlate(residual, residual, mode="full")
    shifts = np.arange(1 - residual.size, residual.size)
    return np.array([float(filtered @ weeks[np.abs(lag - shifts)]) for lag in range(lags + 1)])
