"""Sums of a cell that was released: all that its published values are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from models.climate.cell import Cell
from models.climate.disclosure.two_sided import LEAST, numerator
from models.climate.person_day import MICRO
from models.climate.windows import Window

__all__ = ["MICRO", "ReleasedStatistic", "statistic_of"]


@dataclass(frozen=True, slots=True)
class ReleasedStatistic:
    """Sums behind the published values of one unit in one window; none exists for others.

    Exact ones, or with noise where noise was added: then the contributors are those that the noisy
    weight stands for, and there are neither squares nor shares.

    Where only shares were released, every sum of valence is 0, the weights as well: what the
    policy does not list is nowhere.

    Attributes:
        unit: Where.
        window: When.
        weight: Sum of the weights of people (``W``); 0 where valence is not released.
        weighted_micro: Weighted sum of valence, in millionths (``S``).
        contributors: People with enough messages (``n``).
        n_eff: So many people of equal weight would make the mean as certain.
        squares_micro: Sum over people of weight times squared mean valence, in millionths (``Q``);
            None where it was not kept yet or there is noise.
        shares: Contributors who are in each share that was released, and in no other.
        tenth: The tenth in which participation lies; None where it was not released.
        margin: Nine in ten valences lie so near to what they would be without noise, in steps of
            0.01, rounded up; None where none was added.
    """

    unit: str
    window: Window
    weight: int
    weighted_micro: int
    contributors: int
    n_eff: float
    squares_micro: int | None = None
    shares: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    tenth: int | None = None
    margin: float | None = None

    @property
    def is_noisy(self) -> bool:
        """Whether noise was added: what was calibrated on exact sums says nothing of it."""
        return self.margin is not None

    @property
    def has_valence(self) -> bool:
        """Whether valence was released, and not shares alone."""
        return self.weight > 0

    @property
    def valence(self) -> float:
        """Weighted mean, -1 to 1, not rounded; there is one where ``has_valence``."""
        return self.weighted_micro / self.weight / MICRO

    def stands(self, k: int) -> bool:
        """Whether it has at least *k* contributors, and both sides of each share have enough.

        Of the rules of release these are the ones that it says itself; the others need cells
        that are not kept.
        """
        sides = (min(inside, self.contributors - inside) for inside in self.shares.values())
        return self.contributors >= k and all(side >= LEAST for side in sides)

    def without(self, part: ReleasedStatistic) -> float | None:
        """Valence of everybody else in the same window; None where there is nobody else."""
        weight = self.weight - part.weight
        return (self.weighted_micro - part.weighted_micro) / weight / MICRO if weight > 0 else None


def statistic_of(  # noqa: PLR0913  what may be kept, each named
    unit: str,
    window: Window,
    cell: Cell,
    *,
    valence: bool,
    shares: tuple[str, ...],
    tenth: int | None = None,
) -> ReleasedStatistic:
    """What of *cell* may be kept: sums of valence if that is released, *shares* and *tenth* too.

    Raises:
        ValueError: a share is unknown.
    """
    return ReleasedStatistic(
        unit=unit,
        window=window,
        weight=cell.weight if valence else 0,
        weighted_micro=cell.weighted_micro if valence else 0,
        contributors=cell.contributors,
        n_eff=cell.effective_contributors if valence else 0.0,
        squares_micro=cell.squares_micro if valence else 0,
        shares=MappingProxyType({name: numerator(cell, name) for name in shares}),
        tenth=tenth,
    )
