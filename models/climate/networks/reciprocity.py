"""Are replies between units returned, beyond what their volumes bring about by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.networks.matrix import ShownMatrix

LEAST_UNITS: Final = 8
"""Units with a pair that is shown, from which there is a reciprocity (design study)."""
TOLERANCE: Final = 1e-9
"""The null model has met the volumes when none is off by more than this share of the total."""
MOST_STEPS: Final = 200
"""Newton's method takes a few dozen; beyond this the input is at fault."""


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """Weighted reciprocity among the pairs of units that are shown.

    Attributes:
        observed: Share of replies that are returned, 0 to 1.
        expected: The same if units only kept how much they send and receive.
        coverage: Share of the replies between units that the shown pairs hold.
        units: How many units have a shown pair.
    """

    observed: float
    expected: float
    coverage: float
    units: int

    @property
    def excess(self) -> float:
        """``rho``: 1 if all is returned, 0 as by volume alone, negative if units avoid it."""
        return (self.observed - self.expected) / (1 - self.expected)


def reciprocity(matrix: ShownMatrix) -> Reciprocity | None:
    """``sum min(w_ab, w_ba) / sum w_ab`` over shown pairs, with its expectation.

    The null model is the weighted configuration model on the shown pairs: the most random whole
    numbers of replies by which each unit sends and receives in expectation what it does.  Each
    cell is then geometric, ``P(w_ab >= n) = (x_a y_b)**n``, and so is the smaller of two cells.

    Returns:
        None if fewer than ``LEAST_UNITS`` units have a pair that is shown.

    Raises:
        ArithmeticError: the null model does not converge.

    Source:
        Squartini, Picciolo, Ruzzenenti and Garlaschelli 2013, doi:10.1038/srep02729.
    """
    pairs = matrix.pairs
    units = int(pairs.any(axis=1).sum())
    if units < LEAST_UNITS:
        return None
    replies = np.where(pairs, matrix.replies, 0).astype(np.float64)
    total = replies.sum()
    gap = _fitted(replies, pairs)
    returned = np.divide(1.0, np.expm1(gap + gap.T), out=np.zeros_like(gap), where=pairs)
    return Reciprocity(
        observed=float(np.minimum(replies, replies.T).sum() / total),
        expected=float(returned.sum() / total),
        coverage=float(total / matrix.sent_outside.sum()),
        units=units,
    )


def _fitted(replies: NDArray[np.float64], pairs: NDArray[np.bool_]) -> NDArray[np.float64]:
    """``-ln(x_a y_b)`` of the null model, by Newton's method on its convex likelihood."""
    n = len(replies)
    volumes = np.concatenate([replies.sum(axis=1), replies.sum(axis=0)])
    total = replies.sum()
    theta = np.full(2 * n, 0.5 * np.log1p(pairs.sum() / total))
    for _ in range(MOST_STEPS):
        gap = _gap(theta, pairs)
        mean = np.where(pairs, 1.0 / np.expm1(gap), 0.0)
        slope = volumes - np.concatenate([mean.sum(axis=1), mean.sum(axis=0)])
        if np.abs(slope).max() <= TOLERANCE * total:
            return gap
        spread = mean * (1 + mean)
        curvature = np.block(
            [
                [np.diag(spread.sum(axis=1)), spread],
                [spread.T, np.diag(spread.sum(axis=0))],
            ]
        )
        # Singular: what all x gain and all y lose changes nothing.  The shortest step is right.
        step = -np.linalg.lstsq(curvature, slope, rcond=None)[0]
        while _gap(theta + step, pairs).min() <= 0:
            step /= 2
        theta = theta + step
    raise ArithmeticError("the null model does not converge")


def _gap(theta: NDArray[np.float64], pairs: NDArray[np.bool_]) -> NDArray[np.float64]:
    """``theta_a + theta_b``, and 1 where there is no pair: any positive number does."""
    n = len(pairs)
    gap: NDArray[np.float64] = np.where(pairs, theta[:n, None] + theta[None, n:], 1.0)
    return gap
