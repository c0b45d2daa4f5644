"""Do two units answer each other less than their sizes and openness would have it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import Final

from models.climate.networks.matrix import REPLY_BOUND, ShownMatrix
from models.climate.networks.silo import LEAST_CONTRIBUTORS
from models.climate.unit_tree import UnitTree

NORMAL_90: Final = 1.6449
"""Two-sided 90 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class CrossTies:
    """Replies between two units, over those expected.

    Attributes:
        ratio: 1 is as expected, below 1 is a wall between the two.
        low: Lower end of an interval that covers at least 90 %.
        high: Upper end.
    """

    ratio: float
    low: float
    high: float


def cross_ties(matrix: ShownMatrix, tree: UnitTree, one: str, other: str) -> CrossTies | None:
    """Observed over expected replies between two units, in both directions together.

    Expected is what each sends outside at all, spread over the other units by headcount.  The
    interval rests on the bound alone: a sum in which nobody counts for more than ``B`` has, if
    people write independently, a variance of at most ``B`` times its mean, and at most twice that
    when both directions move together.

    Returns:
        None if the cell of the two is not shown, or either has fewer than ``LEAST_CONTRIBUTORS``
        contributors of its own.

    Source:
        Observed over expected, with the delta method for its logarithm: Breslow and Day 1987,
        IARC Scientific Publications 82, chapter 2.  A compound Poisson sum has the variance
        ``lambda E[x**2]``, here at most ``B lambda E[x]``: Feller 1968, chapter XII.
    """
    row, column = matrix.row(one), matrix.row(other)
    if row is None or column is None or not matrix.pairs[row, column]:
        return None
    if min(matrix.contributors[row], matrix.contributors[column]) < LEAST_CONTRIBUTORS:
        return None
    everybody, n, n_other = tree.eligible(tree.root), tree.eligible(one), tree.eligible(other)
    outside = matrix.sent_outside
    expected = outside[row] * n_other / (everybody - n) + outside[column] * n / (
        everybody - n_other
    )
    observed = int(matrix.replies[row, column] + matrix.replies[column, row])
    ratio = float(observed / expected)
    factor = exp(NORMAL_90 * sqrt(2 * REPLY_BOUND / observed))
    return CrossTies(ratio, ratio / factor, ratio * factor)
