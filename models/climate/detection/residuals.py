"""How far a unit is from what is usual of it, week by week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.pace import Pace
from models.climate.detection.panel import Floats, Panel


class Baseline:
    """What is usual of each unit; a clock that stands still while a unit is in alarm.

    The mean, weighted by ``W``, of ``span`` windows that end ``lag`` of them ago.  Those in alarm
    never enter: otherwise a lasting drop becomes what is usual after 8 to 12 weeks and the alarm
    ends although nothing has recovered (design study).

    Args:
        units: How many.
        pace: Of their windows.
    """

    def __init__(self, units: int, pace: Pace) -> None:
        self._pace = pace
        self._sums = np.zeros((units, pace.span + pace.lag - 1))
        self._weights = np.zeros_like(self._sums)

    def usual(self) -> Floats:
        """The baseline of the week that was not added yet: one a unit, NaN without enough."""
        weights = self._weights[:, : self._pace.span]
        total = weights.sum(axis=1)
        enough = np.count_nonzero(weights, axis=1) >= self._pace.least
        mean = np.full(total.shape, np.nan)
        np.divide(self._sums[:, : self._pace.span].sum(axis=1), total, out=mean, where=enough)
        return mean

    def shortness(self) -> Floats:
        """``1 / B - 1 / span`` of the baseline's B windows, one a unit; NaN without enough.

        The mean of B weeks has a B-th of the variance of one of them, and every residual that is
        taken from it shares that error.  A whole baseline counts as exact, as it did in the
        design study.
        """
        weeks = np.count_nonzero(self._weights[:, : self._pace.span], axis=1).astype(np.float64)
        weeks[weeks < self._pace.least] = np.nan
        less_certain: Floats = 1 / weeks - 1 / self._pace.span
        return less_certain

    def add(self, net: Floats, weight: Floats, *, frozen: NDArray[np.bool_]) -> None:
        """Take one more week; for a frozen unit it is as if that week had not been.

        Args:
            net: Valence less that of the others, one a unit; NaN where withheld.
            weight: Sum of the weights of people, one a unit.
            frozen: Units in alarm.
        """
        seen = np.isfinite(net)
        for kept, latest in (
            (self._sums, np.where(seen, net * weight, 0.0)),
            (self._weights, np.where(seen, weight, 0.0)),
        ):
            kept[~frozen, :-1] = kept[~frozen, 1:]
            kept[~frozen, -1] = latest[~frozen]


def residuals(panel: Panel) -> Floats:
    """``r = y - c - d`` with a baseline that is never frozen, to fit the noise from.

    Returns:
        Units x weeks, in units of valence; NaN where the week or its baseline is missing.

    Source:
        Design study.
    """
    baseline = Baseline(len(panel.units), panel.pace)
    calm = np.zeros(len(panel.units), np.bool_)
    found = np.full_like(panel.net, np.nan)
    for week in range(len(panel.weeks)):
        found[:, week] = panel.net[:, week] - baseline.usual()
        baseline.add(panel.net[:, week], panel.weight[:, week], frozen=calm)
    return found
