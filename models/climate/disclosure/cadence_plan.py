"""How often each unit is published: decided before the quarter, by size, never afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence

LEAST_FOR_WEEKS: Final = 25
"""Eligible people from which a unit is published by the week: of fewer, too many weeks fall
below k, and what a unit loses by the week it keeps by the four weeks."""


def first_quarter(tree: UnitTree) -> dict[str, Cadence]:
    """The cadence of every unit while there is no earlier quarter to plan from.

    A child is never finer than its parent: its weeks would be parts of a window of the parent
    that nothing else is subtracted from.
    """
    plan: dict[str, Cadence] = {}
    for unit in tree.top_down():
        own = Cadence.WEEK if tree.eligible(unit) >= LEAST_FOR_WEEKS else Cadence.FOUR_WEEKS
        parent = tree.parent(unit)
        plan[unit] = own if parent is None else max(own, plan[parent], key=lambda c: c.days)
    return plan


def check(tree: UnitTree, plan: Mapping[str, Cadence]) -> None:
    """Refuse a plan under which the release rules do not hold.

    Raises:
        ValueError: a unit has no cadence, or a child is finer than its parent.
    """
    for unit in tree.top_down():
        if unit not in plan:
            raise ValueError("a unit has no cadence")
        parent = tree.parent(unit)
        if parent is not None and plan[unit].is_finer_than(plan[parent]):
            raise ValueError("a unit is finer than its parent")
