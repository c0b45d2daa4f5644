"""Does a unit answer inside more than outside, and how many units does it work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.climate.networks.matrix import ShownMatrix
from models.climate.unit_tree import UnitTree

LEAST_CONTRIBUTORS: Final = 25
"""Of a unit that has an index: the E-I index of 25 people has an SD of 0.089 (design study)."""
LEAST_PARTNERS: Final = 5
"""Shown units that a unit answers, from which their effective number is told (design study)."""


@dataclass(frozen=True, slots=True)
class EIIndex:
    """External less internal replies, over all of them.

    Attributes:
        observed: -1 (all inside the unit) to 1 (all outside).
        expected: What it would be if everybody answered anybody: near 1 for a small unit.
    """

    observed: float
    expected: float

    @property
    def excess(self) -> float:
        """Negative: more inward than its size explains.  From -2 to 2."""
        return self.observed - self.expected


def ei_index(matrix: ShownMatrix, tree: UnitTree, unit: str) -> EIIndex | None:
    """The E-I index of *unit* and its expectation for the sizes of the units.

    ``(E - I) / (E + I)`` of the replies that its people send.  With ``n`` people of ``N`` in all,
    each may answer ``n - 1`` inside and ``N - n`` outside, so ``(N - 2n + 1) / (N - 1)`` is
    expected.  Sizes are headcounts: they are known anyway, and contributors are not.

    Returns:
        None if nothing of the unit is shown, or it has fewer than ``LEAST_CONTRIBUTORS``.

    Source:
        Krackhardt and Stern 1988, doi:10.2307/2786835; the expectation counts possible ties.
    """
    row = _row(matrix, unit)
    if row is None:
        return None
    n, everybody = tree.eligible(unit), tree.eligible(tree.root)
    return EIIndex(
        observed=2 * _share_outside(matrix, row) - 1,
        expected=(everybody - 2 * n + 1) / (everybody - 1),
    )


def collaboration(matrix: ShownMatrix, unit: str) -> float | None:
    """Share of the replies of *unit* that go to other units, ``E / (E + I)``, 0 to 1.

    Returns:
        None if nothing of the unit is shown, or it has fewer than ``LEAST_CONTRIBUTORS``.
    """
    row = _row(matrix, unit)
    return None if row is None else _share_outside(matrix, row)


def effective_partners(matrix: ShownMatrix, unit: str) -> float | None:
    """At least how many units *unit* works with, if it answered each of them equally often.

    ``exp(-sum p ln p)`` over its replies to other units, from 1 up.  The rest is taken as one
    partner: parting it could only raise the entropy, so the true figure is no smaller.

    Returns:
        None if nothing of the unit is shown, it has fewer than ``LEAST_CONTRIBUTORS``, or fewer
        than ``LEAST_PARTNERS`` other units are shown that it answers.

    Source:
        Hill 1973, doi:10.2307/1934352, the number of order 1.
    """
    row = _row(matrix, unit)
    if row is None or matrix.pairs[row].sum() < LEAST_PARTNERS:
        return None
    sent = np.append(matrix.replies[row, matrix.pairs[row]], matrix.rest[row])
    p = sent[sent > 0] / sent.sum()
    return float(np.exp(-(p * np.log(p)).sum()))


def _row(matrix: ShownMatrix, unit: str) -> int | None:
    row = matrix.row(unit)
    return None if row is None or matrix.contributors[row] < LEAST_CONTRIBUTORS else row


def _share_outside(matrix: ShownMatrix, row: int) -> float:
    return float(matrix.sent_outside[row] / matrix.sent[row])
