"""The association over several units at once, free of what is lasting in each and common to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from models.climate.outcomes.association import LAGS, ROUNDING
from models.climate.outcomes.cross_correlation import CONFIDENCE, RESAMPLES, fisher, lagged
from models.climate.outcomes.prewhitening import Array
from models.climate.outcomes.series import LEAST_MONTHS, LinesOnly, MonthlyPair, Reason

LEAST_UNITS: Final = 10
"""Ours: a bootstrap over fewer units gives intervals that are too narrow (Cameron, Gelbach &
Miller, 2008); over 16 they still are, a little (docs/methods/panel-association.md)."""


@dataclass(frozen=True, slots=True)
class PanelAssociation:
    """Whether units whose climate leaves its usual level see their indicator leave its own.

    Attributes:
        units: Units that are in it.
        lag: Months by which the climate comes before the indicator, registered beforehand.
        coefficient: Correlation within units and months, -1 to 1.
        low: Lower end of its 95 % interval.
        high: Upper end.
        months: Calendar months that are in it.
        pairs: Months of units of which the coefficient is made.
    """

    units: tuple[str, ...]
    lag: int
    coefficient: float
    low: float
    high: float
    months: int
    pairs: int


def panel_association(
    pairs: Sequence[MonthlyPair], *, registered_lag: int, chance: Generator
) -> PanelAssociation | LinesOnly:
    """The association within units, the level of each unit and of each month taken out.

    What the whole organisation did in a month, its season and news, cancels; what is lasting in a
    unit too.  Whole units are resampled, so the months of one may depend on each other as they
    like.  Units with fewer than ``LEAST_MONTHS`` months are left out.

    Args:
        pairs: The two lines of each unit, the same indicator in all.
        registered_lag: The lag of the hypothesis, one of ``LAGS``.
        chance: Source of resamples.

    Raises:
        ValueError: the lag is none of ``LAGS``, or a unit comes twice.

    Source:
        Wooldridge, Econometric Analysis of Cross Section and Panel Data (2002), chapter 10, for
        the two-way within estimator; Cameron, Gelbach & Miller (2008), Review of Economics and
        Statistics 90, for resampling units.
    """
    if registered_lag not in LAGS:
        raise ValueError(f"a lag is 0 to {LAGS[-1]} months")
    if len({pair.unit for pair in pairs}) < len(pairs):
        raise ValueError("a unit comes twice")
    long = sorted((p for p in pairs if p.known >= LEAST_MONTHS), key=lambda pair: pair.unit)
    units = tuple(pair.unit for pair in long)
    if len(long) < LEAST_UNITS:
        months = min((pair.known for pair in pairs), default=0)
        return LinesOnly(tuple(sorted(p.unit for p in pairs)), months, Reason.FEW_UNITS)
    climate, business = _table(long, registered_lag)
    once = np.ones((1, len(units)))
    estimate = fisher(_within(climate, business, once))
    if np.isnan(estimate).any():
        return LinesOnly(units, min(pair.known for pair in long), Reason.NOTHING_LEFT)
    draws = chance.multinomial(len(units), np.full(len(units), 1 / len(units)), RESAMPLES)
    deviations = np.abs(fisher(_within(climate, business, draws.astype(np.float64))) - estimate)
    half = float(np.nanquantile(deviations, CONFIDENCE))
    known = np.isfinite(climate + business)
    coefficient, low, high = np.tanh(estimate + np.array([0, -half, half]))
    return PanelAssociation(
        units=units,
        lag=registered_lag,
        coefficient=float(coefficient),
        low=float(low),
        high=float(high),
        months=int(known.any(axis=0).sum()),
        pairs=int(known.sum()),
    )


def _table(pairs: Sequence[MonthlyPair], lag: int) -> tuple[Array, Array]:
    """Climate *lag* months before, and the indicator, shape ``(units, months)``, NaN in a gap."""
    months = sorted({month for pair in pairs for month in pair.months})
    place = {month: column for column, month in enumerate(months)}
    climate, business = np.full((2, len(pairs), len(months)), np.nan)
    for row, pair in enumerate(pairs):
        columns = [place[month] for month in pair.months]
        climate[row, columns] = lagged(pair.climate, (lag,))[:, 0]
        business[row, columns] = pair.business
    return climate, business


def _within(climate: Array, business: Array, draws: Array) -> Array:
    """Correlation within units and months, shape ``(draws,)``; NaN where nothing varies there.

    The months' effects are solved for anew in every draw: they are means over the units drawn.

    Args:
        climate: Shape ``(units, months)``, NaN in a gap.
        business: The same of the indicator.
        draws: Shape ``(draws, units)``, how often each unit is in each.
    """
    known = np.isfinite(climate + business)
    share = known / np.maximum(known.sum(axis=1, keepdims=True), 1)
    x, y = (
        np.where(known, line - np.nansum(line * share, axis=1, keepdims=True), 0.0)
        for line in (climate, business)
    )
    months = known.shape[1]
    together = known[:, :, np.newaxis] * share[:, np.newaxis, :]
    normal = -(draws @ together.reshape(len(known), -1)).reshape(-1, months, months)
    normal[:, np.arange(months), np.arange(months)] += draws @ known
    # The level that units and months share is in neither: one direction has no inverse.
    inverse = np.linalg.pinv(normal, rcond=ROUNDING, hermitian=True)

    def left(one: Array, other: Array) -> Array:
        effects = np.einsum("dt,dts,ds->d", draws @ one, inverse, draws @ other)
        return np.asarray(draws @ (one * other).sum(axis=1) - effects)

    xx, yy = left(x, x), left(y, y)
    varies = (xx > _rounding(climate, draws)) & (yy > _rounding(business, draws))
    return left(x, y) / np.sqrt(np.where(varies, xx * yy, np.nan))


def _rounding(line: Array, draws: Array) -> Array:
    """Sums of squares up to which what is left of *line* is rounding."""
    return np.asarray(draws @ np.nansum(line * line, axis=1) * ROUNDING**2)
