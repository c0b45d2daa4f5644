"""Participation in tenths: which units may be told how many of their people contribute."""

from __future__ import annotations

from typing import Final

from models.climate.disclosure.complementary import order_of_dropping
from models.climate.disclosure.shown import Shown
from models.climate.disclosure.two_sided import LEAST

LEAST_PEOPLE: Final = 25
"""Fewest people a share is of: the participation of 25 has an SD of 0.06 (design study)."""
TENTHS: Final = 10
"""Participation is told in tenths: headcounts are known, so an exact share would be a count, and a
tenth is wider than its SD at the smallest size."""


def tenth_of(contributors: int, eligible: int) -> int | None:
    """The tenth in which the share of people who contribute lies: 3 is from 0.3 to below 0.4.

    Returns:
        None for fewer than ``LEAST_PEOPLE`` eligible people, fewer than ``two_sided.LEAST`` who
        contribute or who do not (or more than there are: somebody moved), or where only one number
        of people in the tenth is allowed: then the tenth would be that number.
    """
    if eligible < LEAST_PEOPLE or not _two_sided(contributors, eligible):
        return None
    tenth = TENTHS * contributors // eligible
    allowed = (n for n in range(LEAST, eligible - LEAST + 1) if TENTHS * n // eligible == tenth)
    return tenth if sum(1 for _ in allowed) > 1 else None


def select_tenths(shown: Shown) -> dict[str, int]:
    """The tenth of each published unit whose participation may be told.

    The number of contributors of a published unit is taken as known by the counting gate already,
    and headcounts are public: a tenth is a function of the two, so it tells of no group that the
    gate has not counted.  What it could add is that all or nobody of such a group took part.
    Contributors and headcounts both add over the tree, and of one window nothing but units minus
    their children can be subtracted.  So from the top, even if the tenths were exact: a unit needs
    five people on either side, and so does what its parent minus the children that are told
    leaves, or it holds nobody at all.  Where a unit is missing between two that are shown, nothing
    is told of the lower one.  What two windows tell together the counting gate has counted.

    Args:
        shown: The window, and the units that are published in it.
    """
    tree = shown.tree
    own = {
        unit: tenth
        for unit in shown.units
        if (tenth := tenth_of(shown.cells[unit].contributors, tree.eligible(unit))) is not None
    }
    chosen: set[str] = set()
    for unit in tree.top_down():
        if unit in own and shown.stands_alone(unit):
            chosen.add(unit)
        if unit in chosen:
            chosen |= _beside(shown, unit, [child for child in tree.children(unit) if child in own])
    return {unit: own[unit] for unit in chosen}


def _beside(shown: Shown, parent: str, fit: list[str]) -> set[str]:
    """Those of the children in *fit* that may be told beside their *parent*."""
    told = sorted(fit, key=lambda unit: order_of_dropping(unit, shown.cells[unit]))
    while told:
        left = shown.cells[parent].contributors
        left -= sum(shown.cells[unit].contributors for unit in told)
        people = shown.tree.eligible(parent) - sum(map(shown.tree.eligible, told))
        if left == people == 0 or _two_sided(left, people):
            break
        told.pop(0)
    return set(told)


def _two_sided(contributors: int, eligible: int) -> bool:
    return LEAST <= contributors <= eligible - LEAST
