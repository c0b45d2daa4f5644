"""Primary suppression: may this cell be shown by itself, and if not, why not."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from models.climate.cell import Cell

FLOOR: Final = 5
"""No configuration may publish fewer contributors than this."""
ONE_AT_MOST: Final = 25
"""Per cent of the weight that one person may carry."""
TWO_AT_MOST: Final = 40
"""Per cent of the weight that the two heaviest people may carry together."""


class Primary(StrEnum):
    """Outcome of the primary rules; the reason stays inside, readers see one blank."""

    PASSES = "passes"
    TOO_FEW = "too_few"
    DOMINATED_BY_ONE = "dominated_by_one"
    DOMINATED_BY_TWO = "dominated_by_two"


def primary(cell: Cell, *, k: int) -> Primary:
    """Apply the threshold and dominance rules to one cell.

    Args:
        cell: Weights are whole numbers, so the shares compare exactly.
        k: Fewest contributors that may be published, at least ``FLOOR``.

    Raises:
        ValueError: *k* is below the floor: a wrong policy is no outcome.

    Source:
        Threshold: Sweeney 2002, doi:10.1142/S0218488502001648.  Dominance, (1, 25 %)
        and (2, 40 %): Hundepool et al. 2012, doi:10.1002/9781118348239, chapter 4.
    """
    if k < FLOOR:
        raise ValueError(f"k must be at least {FLOOR}")
    first, second = cell.heaviest
    if cell.contributors < k:
        return Primary.TOO_FEW
    if 100 * first > ONE_AT_MOST * cell.weight:
        return Primary.DOMINATED_BY_ONE
    if 100 * (first + second) > TWO_AT_MOST * cell.weight:
        return Primary.DOMINATED_BY_TWO
    return Primary.PASSES
