"""The release rules subtract: so what they are given must add up, or nothing is released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.climate.cell import Cell
from models.climate.disclosure.shown import ClosedWindow
from models.climate.unit_tree import UnitTree
from models.climate.windows import Window


def check_sums(
    tree: UnitTree, window: Window, cells: Mapping[str, Cell], finer: Sequence[ClosedWindow]
) -> None:
    """Refuse cells of which the parts are not the whole.

    Raises:
        ValueError: a unit has no cell, an inner unit is not the sum of its children, or the
            finer windows of a cadence are not exactly those of *window*, or their sums not its
            sums.
    """
    for given in (cells, *(closed.cells for closed in finer)):
        for unit in tree.top_down():
            if unit not in given:
                raise ValueError("a unit has no cell")
            below = tree.children(unit)
            if below and given[unit] != sum((given[child] for child in below), Cell()):
                raise ValueError("a unit is not the sum of its children")
    for cadence in {closed.window.cadence for closed in finer}:
        closed = [one for one in finer if one.window.cadence is cadence]
        if not cadence.is_finer_than(window.cadence) or tuple(
            one.window for one in closed
        ) != window.split(cadence):
            raise ValueError("the finer windows are not those of the window")
        for leaf in tree.leaves:
            over_parts = [_linear(one.cells[leaf]) for one in closed]
            if _linear(cells[leaf]) != tuple(map(sum, zip(*over_parts, strict=True))):
                raise ValueError("the finer windows do not add up to the window")


def _linear(cell: Cell) -> tuple[int, int, int]:
    """What adds over days: contributors and squares of weights do not."""
    return cell.messages, cell.weight, cell.weighted_micro
