"""One mean a unit over several windows, and how many people it is as certain as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from models.climate.disclosure.released_statistic import MICRO, ReleasedStatistic


@dataclass(frozen=True, slots=True)
class PooledMean:
    """Valence of one unit over all windows that were handed in.

    Attributes:
        unit: Where.
        valence: Weighted mean, -1 to 1.
        n_eff: So many people of equal weight would make it at least as certain.
    """

    unit: str
    valence: float
    n_eff: float


def pooled_means(statistics: Sequence[ReleasedStatistic]) -> tuple[PooledMean, ...]:
    """The mean of each unit over its windows, by unit.

    The same people write in every week, so ``n_eff`` does not add up over weeks; who they are is
    not known here.  What the weeks guarantee is a least ``n_eff``: the root of the sum of
    squares of people is a norm, and a norm of a sum is at most the sum of the norms.  With the
    same people at the same weights every week it is exact, and never is it too large.

    Args:
        statistics: Windows of units, of any lengths, but no window inside another of the same
            unit.

    Raises:
        ValueError: two windows of a unit overlap: its messages would count twice.

    Source:
        Kish 1965 (effective sample size of a weighted mean); Minkowski's inequality.
    """
    by_unit: defaultdict[str, list[ReleasedStatistic]] = defaultdict(list)
    for statistic in sorted(statistics, key=lambda part: (part.unit, part.window.start)):
        earlier = by_unit[statistic.unit]
        if earlier and earlier[-1].window.end_exclusive > statistic.window.start:
            raise ValueError("two windows of a unit overlap")
        earlier.append(statistic)
    return tuple(_pooled(unit, parts) for unit, parts in by_unit.items())


def _pooled(unit: str, parts: Sequence[ReleasedStatistic]) -> PooledMean:
    weight = sum(part.weight for part in parts)
    norm = sum(part.weight / sqrt(part.n_eff) for part in parts)
    return PooledMean(
        unit, sum(part.weighted_micro for part in parts) / weight / MICRO, (weight / norm) ** 2
    )
