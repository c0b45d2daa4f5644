"""Puts texts of like length together: padding would cost more than the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MULTIPLE = 8
"""Widths are multiples of this: few shapes, so that kernels are reused."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts to run at once.

    Attributes:
        rows: Their places in the order in which they came.
        width: Tokens to pad each of them to.
    """

    rows: tuple[int, ...]
    width: int


def padded(length: int) -> int:
    """The width that a text of *length* tokens gets.

    Example:
        >>> padded(17)
        24
    """
    return max(1, -(-length // MULTIPLE)) * MULTIPLE


def plan(lengths: Sequence[int], *, budget: int, mixed: bool = False) -> list[Batch]:
    """Batches, shortest texts first, that hold every row exactly once.

    Args:
        lengths: Tokens of each text.
        budget: Most tokens of a batch, padding included; a text that is longer than that
            goes alone.
        mixed: Whether texts may be padded to the width of a longer one.  Fewer batches, but what
            is said of a text then depends on its neighbours in the last digit.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    batches: list[Batch] = []
    rows: list[int] = []
    for row in order:
        width = padded(lengths[row])
        wider = bool(rows) and width > padded(lengths[rows[-1]])
        if rows and (width * (len(rows) + 1) > budget or (wider and not mixed)):
            batches.append(Batch(tuple(rows), padded(lengths[rows[-1]])))
            rows = []
        rows.append(row)
    if rows:
        batches.append(Batch(tuple(rows), padded(lengths[rows[-1]])))
    return batches
