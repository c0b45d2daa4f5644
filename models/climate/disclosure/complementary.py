"""Secondary suppression: what a parent minus its shown children tells must be fit to be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from models.climate.cell import Cell


def complementary(
    children: Mapping[str, Cell], candidates: Iterable[str], sound: Callable[[Cell], bool]
) -> frozenset[str]:
    """The candidates that may be shown beside their parent.

    Anyone can subtract the children that are shown from the parent.  What is left is the sum of
    the children that are not; while that is not *sound*, the smallest that is shown joins it.

    Args:
        children: Cells of all children of a parent that is shown: together they are the parent.
        candidates: Those of them that may be shown by themselves.
        sound: Whether a residual may be known.

    Source:
        The residual rule for a tree: Hundepool et al. 2012, doi:10.1002/9781118348239,
        chapter 4.4.
    """
    shown = sorted(candidates, key=lambda unit: order_of_dropping(unit, children[unit]))
    hidden = sum((cell for unit, cell in children.items() if unit not in shown), Cell())
    while shown and not sound(hidden):
        hidden += children[shown.pop(0)]
    return frozenset(shown)


def order_of_dropping(unit: str, cell: Cell) -> tuple[int, int, str]:
    """The fewest contributors go first; nothing but size and name decides, so it repeats."""
    return cell.contributors, cell.weight, unit
