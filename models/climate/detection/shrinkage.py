"""The best guess of a unit's mean: between what it shows and what all units show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.climate.detection.panel import Floats

LEAST_UNITS: Final = 4
"""The spread of units is fitted with two degrees of freedom lost and one to spare: its error
grows as ``1 / (units - 3)``."""
NINETY_PER_CENT: Final = 1.6448536269514722
"""Standard deviations of the normal distribution on either side."""


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """Arrays of one value a unit, in units of valence.

    Attributes:
        estimate: Posterior mean.
        low: Lower end of the 90 % interval.
        high: Upper end.
    """

    estimate: Floats
    low: Floats
    high: Floats


def shrink(mean: Floats, error: Floats) -> Shrunk:
    """``mu + B (y - mu)`` with ``B = tau2 / (tau2 + se2)`` and its 90 % interval.

    The interval allows for ``mu`` and ``tau2`` being estimates.  It holds on average over the
    units, not for each: the most extreme unit is shrunk too far more often than one in ten times.

    Args:
        mean: Valence of each unit.
        error: Squared standard error ``se2`` of each, above 0.

    Raises:
        ValueError: fewer than ``LEAST_UNITS`` units.

    Source:
        Design study.  Spread of units ``tau2``: DerSimonian & Laird 1986,
        doi:10.1016/0197-2456(86)90046-2; interval: Morris 1983, doi:10.1080/01621459.1983.10477920.
    """
    if mean.size < LEAST_UNITS:
        raise ValueError(f"fewer than {LEAST_UNITS} units are compared")
    spread = _between(mean, error)
    total = spread + error
    precision = 1 / total
    centre = float(precision @ mean) / float(precision.sum())
    kept = spread / total
    off = mean - centre
    variance = (
        kept * error
        + (1 - kept) ** 2 / precision.sum()
        + 2 / (mean.size - 3) * (1 - kept) ** 2 * off**2 * total.mean() / total
    )
    margin = NINETY_PER_CENT * np.sqrt(variance)
    estimate = centre + kept * off
    return Shrunk(estimate, estimate - margin, estimate + margin)


def _between(mean: Floats, error: Floats) -> float:
    """Variance of the true means of units, by the method of moments; not below nought."""
    precision = 1 / error
    total = float(precision.sum())
    off = mean - float(precision @ mean) / total
    excess = float(precision @ off**2) - (mean.size - 1)
    return max(0.0, excess / (total - float(precision @ precision) / total))
