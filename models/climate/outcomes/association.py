"""Whether the climate of a unit and a business indicator move together, one a few months later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from models.climate.outcomes.cross_correlation import (
    correlations,
    fisher,
    lagged,
    permutation_p,
    simultaneous_half_width,
)
from models.climate.outcomes.prewhitening import Array, prewhitened
from models.climate.outcomes.series import LEAST_MONTHS, LinesOnly, MonthlyPair, Reason

LAGS: Final = tuple(range(7))
"""Months by which the climate may come before the indicator (design study)."""
LEAST_KNOWN: Final = 0.9
"""Share of the months that must be known: a gap takes up to four months from the fit."""
LEAST_PAIRS: Final = 20
"""Pairs of months at every lag: of fewer, scattered between gaps, an interval says nothing."""
ROUNDING: Final = 1e-9
"""Residuals below this share of the values are rounding."""


@dataclass(frozen=True, slots=True)
class Association:
    """How far two lines move together once each one's own past and season are taken out.

    It is symmetric in what it can mean: the climate, the indicator or a third thing may be behind.

    Attributes:
        unit: Whose lines.
        lag: Months by which the climate comes before the indicator.
        lags: Lags among which this one was the strongest; one if it was registered beforehand.
        coefficient: Pearson's, of the residuals at that lag, -1 to 1.
        low: Lower end of its 95 % interval, for whichever of ``lags`` was picked.
        high: Upper end.
        p_value: Share of shuffled months whose strongest lag is as strong; above 0.
        months: Months in which both lines are known.
        pairs: Months of which the coefficient is made.
    """

    unit: str
    lag: int
    lags: tuple[int, ...]
    coefficient: float
    low: float
    high: float
    p_value: float
    months: int
    pairs: int


def association(
    pair: MonthlyPair, *, registered_lag: int | None, chance: Generator
) -> Association | LinesOnly:
    """The association of *pair* at the lag that was registered, else at the strongest of all.

    Args:
        pair: The two lines.
        registered_lag: The lag of the hypothesis, written down before the data were seen; None
            looks at all of ``LAGS`` and pays for it in the p-value and the interval.
        chance: Source of permutations and resamples.

    Raises:
        ValueError: the registered lag is none of ``LAGS``.
    """
    if registered_lag is not None and registered_lag not in LAGS:
        raise ValueError(f"a lag is 0 to {LAGS[-1]} months")
    if reason := _too_little(pair):
        return LinesOnly((pair.unit,), pair.known, reason)
    climate, business = prewhitened(pair.climate), prewhitened(pair.business)
    if _is_rounding(climate, pair.climate) or _is_rounding(business, pair.business):
        return LinesOnly((pair.unit,), pair.known, Reason.NOTHING_LEFT)
    lags = LAGS if registered_lag is None else (registered_lag,)
    columns = lagged(climate, lags)
    pairs = np.isfinite(columns + business[:, np.newaxis]).sum(axis=0)
    if pairs.min() < LEAST_PAIRS:
        return LinesOnly((pair.unit,), pair.known, Reason.MANY_GAPS)
    found = correlations(columns, business)
    strongest = int(np.argmax(np.abs(found)))
    half = simultaneous_half_width(climate, business, lags, chance)
    low, high = np.tanh(fisher(found[strongest]) + np.array([-half, half]))
    return Association(
        unit=pair.unit,
        lag=lags[strongest],
        lags=lags,
        coefficient=float(found[strongest]),
        low=float(low),
        high=float(high),
        p_value=permutation_p(climate, business, lags, chance),
        months=pair.known,
        pairs=int(pairs[strongest]),
    )


def _too_little(pair: MonthlyPair) -> Reason | None:
    if pair.known < LEAST_MONTHS:
        return Reason.FEW_MONTHS
    if pair.known < LEAST_KNOWN * len(pair.months):
        return Reason.MANY_GAPS
    return None


def _is_rounding(residuals: Array, series: Array) -> bool:
    """Whether a line is foretold to the last digit: a constant, a straight line, a pure wave."""
    return bool(np.nanstd(residuals) <= ROUNDING * np.nanmax(np.abs(series)))
