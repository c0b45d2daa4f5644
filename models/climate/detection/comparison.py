"""Units side by side over the same weeks: below, above, or not distinguishable; no ranking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from models.climate.detection.moderated_t import adjusted, moderated_variance, p_values
from models.climate.detection.pooled_mean import pooled_means
from models.climate.detection.shrinkage import shrink
from models.climate.disclosure.released_statistic import MICRO, ReleasedStatistic

FALSE_DISCOVERIES: Final = 0.10
"""Share of the units called different that may be so by chance (design study)."""


class Standing(StrEnum):
    """All that is said of a unit beside the others."""

    BELOW = "clearly_below"
    INDISTINGUISHABLE = "not_distinguishable"
    ABOVE = "clearly_above"


@dataclass(frozen=True, slots=True)
class Compared:
    """One unit among the others.

    Attributes:
        unit: Which.
        standing: Whether it clearly differs from the mean of the others, and which way.
        estimate: Shrunk valence, -1 to 1.
        low: Lower end of its 90 % interval.
        high: Upper end.
    """

    unit: str
    standing: Standing
    estimate: float
    low: float
    high: float


def compare(
    statistics: Sequence[ReleasedStatistic], variance_between: Mapping[str, float]
) -> tuple[Compared, ...]:
    """Compare units that share nobody, such as the children of one unit or all leaves.

    Args:
        statistics: Released windows of the same four weeks or quarter: windows of one length of
            each unit.
        variance_between: Of each unit, the variance between the person-level means of its
            people, in squared units of valence.

    Returns:
        By name of the unit, so that no order can be read as a rank.

    Raises:
        ValueError: fewer than four units, two windows of a unit overlap, a unit is of one
            person, or people nowhere differ: any difference would be infinite.
        KeyError: a unit has no variance.

    Source:
        Design study.
    """
    means = pooled_means(statistics)
    valence = np.array([mean.valence for mean in means])
    n_eff = np.array([mean.n_eff for mean in means])
    if np.any(n_eff <= 1):
        raise ValueError("a unit is of one person")
    between = np.array([variance_between[mean.unit] for mean in means])
    if not np.any(between):
        raise ValueError("people do not differ")
    variance = moderated_variance(between, n_eff - 1)
    shrunk = shrink(valence, variance / n_eff)
    different = adjusted(p_values(valence, variance, n_eff)) <= FALSE_DISCOVERIES
    precision = n_eff / variance
    above = valence > precision @ valence / precision.sum()
    return tuple(
        Compared(
            mean.unit,
            _standing(different=bool(different[row]), above=bool(above[row])),
            float(shrunk.estimate[row]),
            float(shrunk.low[row]),
            float(shrunk.high[row]),
        )
        for row, mean in enumerate(means)
    )


def compare_released(statistics: Sequence[ReleasedStatistic]) -> tuple[Compared, ...]:
    """Compare units by nothing but what was released of them.

    A unit of which some window was released before squares were kept is left out: how much its
    people differ is unknown, and that of other units is no substitute.

    Raises:
        ValueError: as ``compare``.
    """
    between = variance_between(statistics)
    return compare([one for one in statistics if one.unit in between], between)


def variance_between(statistics: Sequence[ReleasedStatistic]) -> dict[str, float]:
    """Variance between the people of each unit whose squares are known, over all its windows.

    ``(Q - S^2 / W) / (W (1 - 1 / n_eff))``: unbiased where the means of people vary alike and
    do not depend on their weights.  Over several windows the squares of a person's windows are
    at least those of their mean (Jensen), so the variance is never too small.

    Args:
        statistics: As for ``compare``.

    Raises:
        ValueError: two windows of a unit overlap, or a unit is of one person.

    Source:
        Kish 1965 (effective sample size); the unbiased weighted variance for reliability weights.
    """
    n_eff = {mean.unit: mean.n_eff for mean in pooled_means(statistics)}
    parts: defaultdict[str, list[ReleasedStatistic]] = defaultdict(list)
    for one in statistics:
        parts[one.unit].append(one)
    found: dict[str, float] = {}
    for unit, of_unit in parts.items():
        squares = [one.squares_micro for one in of_unit if one.squares_micro is not None]
        if len(squares) < len(of_unit):
            continue
        if n_eff[unit] <= 1:
            raise ValueError("a unit is of one person")
        weight = sum(one.weight for one in of_unit)
        mean = sum(one.weighted_micro for one in of_unit) / weight / MICRO
        spread = max(sum(squares) / weight / MICRO - mean**2, 0.0)  # rounding may go below
        found[unit] = spread / (1 - 1 / n_eff[unit])
    return found


def _standing(*, different: bool, above: bool) -> Standing:
    if not different:
        return Standing.INDISTINGUISHABLE
    return Standing.ABOVE if above else Standing.BELOW
