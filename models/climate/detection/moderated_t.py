"""Whether a unit differs from the others, with people as the unit of analysis."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import stdtr  # type: ignore[import-untyped] # ships no types

from models.climate.detection.panel import Floats

PRIOR_DEGREES: Final = 20
"""``d0``: a unit's own variance counts against the pooled one as that many people (4c)."""


def moderated_variance(variance: Floats, degrees: Floats) -> Floats:
    """``(d0 s0^2 + d s^2) / (d0 + d)``: each unit's variance, drawn towards that of all.

    A small unit whose people agree by chance would otherwise look certain.

    Args:
        variance: Variance between the people of each unit.
        degrees: Degrees of freedom of each, at least one of them above 0.

    Source:
        Smyth 2004, doi:10.2202/1544-6115.1027; ``s0^2`` is the pooled variance.
    """
    pooled = float(degrees @ variance) / float(degrees.sum())
    return (PRIOR_DEGREES * pooled + degrees * variance) / (PRIOR_DEGREES + degrees)


def p_values(mean: Floats, variance: Floats, n_eff: Floats) -> Floats:
    """Two-sided p of each unit against the precision-weighted mean of all the others.

    Args:
        mean: Valence of each of U >= 2 units.
        variance: Moderated variance between people.
        n_eff: Effective contributors, above 1.

    Source:
        Design study; t distribution with ``d0 + n_eff - 1`` degrees of freedom.
    """
    precision = n_eff / variance
    others = precision.sum() - precision
    mean_of_others = (precision @ mean - precision * mean) / others
    t = (mean - mean_of_others) / np.sqrt(1 / precision + 1 / others)
    two_sided: Floats = 2 * stdtr(PRIOR_DEGREES + n_eff - 1, -np.abs(t))
    return two_sided


def adjusted(p: Floats) -> Floats:
    """Smallest false discovery rate at which each hypothesis is rejected.

    >>> adjusted(np.array([0.01, 0.04, 0.03, 0.5])).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]

    Source:
        Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    order = np.argsort(p)[::-1]
    ranks = np.arange(p.size, 0, -1)
    rates = np.empty_like(p)
    rates[order] = np.minimum(np.minimum.accumulate(p[order] * p.size / ranks), 1.0)
    return rates
