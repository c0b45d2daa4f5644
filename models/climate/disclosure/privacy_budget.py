"""How much of everybody's privacy a block may spend, laid out before its first window closes.

The privacy unit is one person and one aligned block of four weeks: all that somebody wrote in it.
They count in one unit a level and window, so what the units of one level show in one window is
spent once; levels and windows add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.climate.unit_tree import UnitTree
from models.climate.windows import BLOCK_DAYS, Cadence


class PrivacyMode(StrEnum):
    """How much noise the policy asks for, from the laxest to the strictest."""

    OFF = "off"
    ON = "on"
    STRICT = "strict"

    def is_stricter_than(self, other: PrivacyMode) -> bool:
        """Whether this promises more."""
        order = tuple(PrivacyMode)
        return order.index(self) > order.index(other)


EPSILON: Final[Mapping[PrivacyMode, float]] = {PrivacyMode.ON: 3.0, PrivacyMode.STRICT: 1.0}
"""Of one person and block (design study)."""
DELTA: Final = 1e-6
"""Chance that the promise of the weekly values fails (design study)."""
LEVELS: Final = 3
"""The whole organisation, divisions and departments are released, and no team (design study)."""
LEAST_FOR_NOISE: Final = 150
"""Eligible people from which the error of a weekly value at epsilon 3, and of a four-weekly one at
epsilon 1, stays near 0.02 (design study, between its rows of 100 and 300)."""


def cadences(tree: UnitTree, mode: PrivacyMode) -> dict[str, Cadence]:
    """The cadence of every unit under *mode*, from headcounts alone: nobody's messages show in it.

    A child is never finer than its parent.

    Raises:
        ValueError: *mode* adds no noise, so it has no cadences of its own.
    """
    if mode is PrivacyMode.OFF:
        raise ValueError("no noise is asked for")
    plan: dict[str, Cadence] = {}
    for unit in tree.top_down():
        large = mode is PrivacyMode.ON and tree.eligible(unit) >= LEAST_FOR_NOISE
        own = Cadence.WEEK if large else Cadence.FOUR_WEEKS
        parent = tree.parent(unit)
        plan[unit] = own if parent is None else max(own, plan[parent], key=lambda c: c.days)
    return plan


def due(tree: UnitTree, mode: PrivacyMode) -> frozenset[str]:
    """Units that may be released at all under *mode*; whether they are is for the gate to say."""
    return frozenset(
        unit
        for unit in tree.top_down()
        if tree.level(unit) < LEVELS
        and (mode is PrivacyMode.ON or tree.eligible(unit) >= LEAST_FOR_NOISE)
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """What one block may release of one person, and what of the promise goes to which windows.

    Weekly values spend a part of epsilon under zero-concentrated differential privacy, four-weekly
    ones the rest under pure; by basic composition the parts add up to the whole.

    Attributes:
        epsilon: The whole.
        levels: Of each cadence, the most units on one way down the tree: so often a person is in
            the values of one window.

    Source:
        Dwork & Roth 2014, doi:10.1561/0400000042, theorem 3.16 (basic composition).
    """

    epsilon: float
    levels: Mapping[Cadence, int]

    def epsilon_of(self, cadence: Cadence) -> float:
        """The part for all windows of *cadence* together: in proportion to their levels."""
        return self.epsilon * self.levels[cadence] / sum(self.levels.values())

    def windows(self, cadence: Cadence) -> int:
        """Windows of *cadence* in a block."""
        return BLOCK_DAYS // cadence.days


def layout(tree: UnitTree, mode: PrivacyMode) -> Layout:
    """Lay out a block over *tree*.

    Raises:
        ValueError: *mode* adds no noise.
    """
    plan, released = cadences(tree, mode), due(tree, mode)
    levels = dict.fromkeys((Cadence.WEEK, Cadence.FOUR_WEEKS), 0)
    above: dict[str, dict[Cadence, int]] = {}
    for unit in tree.top_down():
        parent = tree.parent(unit)
        here = dict(above[parent]) if parent is not None else dict.fromkeys(levels, 0)
        if unit in released:
            here[plan[unit]] += 1
        above[unit] = here
        levels = {cadence: max(levels[cadence], here[cadence]) for cadence in levels}
    return Layout(EPSILON[mode], levels)
