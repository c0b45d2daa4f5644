"""Sums of a cell that was released: what the detector reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.climate.windows import Window

MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ReleasedStatistic:
    """Exact sums behind one published valence; none exists for anything else.

    Attributes:
        unit: Where.
        window: When.
        weight: Sum of the weights of people (``W``).
        weighted_micro: Weighted sum of valence, in millionths (``S``).
        contributors: People with enough messages (``n``).
        n_eff: So many people of equal weight would make the mean as certain.
    """

    unit: str
    window: Window
    weight: int
    weighted_micro: int
    contributors: int
    n_eff: float

    @property
    def valence(self) -> float:
        """Weighted mean, -1 to 1, not rounded."""
        return self.weighted_micro / self.weight / MICRO

    def without(self, part: ReleasedStatistic) -> float | None:
        """Valence of everybody else in the same window; None where there is nobody else."""
        weight = self.weight - part.weight
        return (self.weighted_micro - part.weighted_micro) / weight / MICRO if weight > 0 else None
