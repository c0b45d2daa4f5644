"""Observations added up to a figure, with the interval that chance leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import beta, binom, chi2  # type: ignore[import-untyped] # ships no types

from tests.detection_quality.claims import Claim, Kind, Observation

TAIL: Final = 0.025
"""On either side: intervals of 95 %."""
NORMAL: Final = 1.96


@dataclass(frozen=True, slots=True)
class Score:
    """One claim, marked.

    Attributes:
        claim: What is claimed.
        value: The figure; infinite where most are never found.
        low: Lower end of its interval.
        high: Upper end.
        trials: Years, trials or values behind it.
    """

    claim: Claim
    value: float
    low: float
    high: float
    trials: float

    @property
    def verdict(self) -> str:
        """Whether the target is met, and whether chance could have it otherwise."""
        target = self.claim.target
        if target is None:
            return ""
        if target.holds(self.value):
            return "met" if target.holds(self.low) and target.holds(self.high) else "met?"
        apart = self.high < target.low or self.low > target.high
        return "missed" if apart else "missed?"


def score(claim: Claim, observations: Sequence[Observation]) -> Score:
    """Add *observations* up.

    Raises:
        ValueError: there are none.

    Source:
        Rates: Garwood 1936.  Shares: Clopper & Pearson 1934.  Medians: order statistics by the
        binomial distribution.  Means: normal.
    """
    if not observations:
        raise ValueError("nothing was observed")
    values = np.array([one.value for one in observations])
    exposure = float(sum(one.exposure for one in observations))
    if claim.kind is Kind.RATE:
        events = float(values.sum())
        low = float(chi2.ppf(TAIL, 2 * events)) / 2 if events else 0.0
        high = float(chi2.ppf(1 - TAIL, 2 * events + 2)) / 2
        return Score(claim, events / exposure, low / exposure, high / exposure, exposure)
    if claim.kind is Kind.SHARE:
        hits, misses = float(values.sum()), exposure - float(values.sum())
        low = float(beta.ppf(TAIL, hits, misses + 1)) if hits else 0.0
        high = float(beta.ppf(1 - TAIL, hits + 1, misses)) if misses else 1.0
        return Score(claim, hits / exposure if exposure else math.nan, low, high, exposure)
    if claim.kind is Kind.MEDIAN:
        ordered = np.sort(values)
        below = int(binom.ppf(TAIL, values.size, 0.5))
        low, middle, high = ordered[[max(below - 1, 0), values.size // 2, -max(below, 1)]]
        return Score(claim, float(middle), float(low), float(high), float(values.size))
    mean = float(values.mean())
    margin = NORMAL * float(values.std(ddof=1)) / math.sqrt(values.size) if values.size > 1 else 0.0
    return Score(claim, mean, mean - margin, mean + margin, float(values.size))
