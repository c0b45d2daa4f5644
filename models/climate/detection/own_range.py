"""Is the latest value of a series outside everything that it was in the weeks before.

Of ``n`` earlier values and one more that is no different from them, each is the smallest of all
with the same chance: by chance alone the latest is below them in one week of ``n + 1``, and above
them in as many, whatever the distribution; less often where values are equal, for they are rounded.
More often where weeks resemble their neighbours.

Source:
    Wilks 1941, doi:10.1214/aoms/1177731788 (limits from order statistics, without a distribution).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WEEKS: Final = 13
"""A quarter: long enough for a range, short enough that the organisation is still the same."""
LEAST_WEEKS: Final = 10
"""With so few, chance alone is outside in two weeks of eleven; with fewer it says nothing."""


class Standing(StrEnum):
    """Where a value lies beside the earlier ones."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class OwnRange:
    """What a series was before.

    Attributes:
        low: Its smallest value.
        high: Its largest.
        weeks: How many values that are.
        standing: Where the latest value lies.
    """

    low: float
    high: float
    weeks: int
    standing: Standing


def own_range(before: Sequence[float], latest: float) -> OwnRange | None:
    """Put the *latest* value beside those *before* it; None where these are too few."""
    if len(before) < LEAST_WEEKS:
        return None
    low, high = min(before), max(before)
    standing = Standing.WITHIN
    if latest < low:
        standing = Standing.BELOW
    elif latest > high:
        standing = Standing.ABOVE
    return OwnRange(low, high, len(before), standing)
