"""The organisation of one quarter: every person counts in one leaf, a unit is its leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.climate.cell import Cell


@dataclass(frozen=True, slots=True)
class Unit:
    """One node of the organisation.

    Attributes:
        id: Its name in the directory.
        parent: The unit that holds it; None for the whole organisation.
        eligible: People of it and everything below it who may count.
    """

    id: str
    parent: str | None
    eligible: int


class UnitTree:
    """Units that form one tree; what does not is refused.

    Raises:
        ValueError: no unit or several without a parent, a unit twice, a parent that is unknown,
            a cycle, or a negative headcount.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        listed = tuple(units)
        self._units: Mapping[str, Unit] = {unit.id: unit for unit in listed}
        if len(self._units) < len(listed):
            raise ValueError("a unit is listed twice")
        roots = [unit.id for unit in listed if unit.parent is None]
        if len(roots) != 1:
            raise ValueError("a tree has one root")
        children: dict[str, list[str]] = {unit.id: [] for unit in listed}
        for unit in listed:
            if unit.eligible < 0:
                raise ValueError("a headcount is negative")
            if unit.parent is not None:
                if unit.parent not in children:
                    raise ValueError("a parent is unknown")
                children[unit.parent].append(unit.id)
        self.root: str = roots[0]
        self._children: Mapping[str, tuple[str, ...]] = {
            unit: tuple(sorted(below)) for unit, below in children.items()
        }
        self._levels: Mapping[str, int] = dict(_levels(self.root, self._children))
        if len(self._levels) < len(listed):
            raise ValueError("units form a cycle")

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, unit: object) -> bool:
        return unit in self._units

    def parent(self, unit: str) -> str | None:
        """The unit that holds *unit*; None for the root."""
        return self._units[unit].parent

    def children(self, unit: str) -> tuple[str, ...]:
        """The units directly below *unit*, by name."""
        return self._children[unit]

    def level(self, unit: str) -> int:
        """Depth of *unit*: 0 for the whole organisation."""
        return self._levels[unit]

    def eligible(self, unit: str) -> int:
        """People of *unit* and everything below it who may count."""
        return self._units[unit].eligible

    @property
    def leaves(self) -> tuple[str, ...]:
        """Units with nothing below, in the order of ``top_down``."""
        return tuple(unit for unit in self._levels if not self._children[unit])

    def top_down(self) -> tuple[str, ...]:
        """Every unit, parents before children, always in the same order."""
        return tuple(self._levels)

    def roll_up(self, leaf_cells: Mapping[str, Cell]) -> dict[str, Cell]:
        """The cell of every unit, from those of the leaves; a leaf without one is empty.

        Raises:
            ValueError: a cell is of no leaf: its people would count nowhere.
        """
        if not leaf_cells.keys() <= set(self.leaves):
            raise ValueError("a cell belongs to no leaf")
        cells: dict[str, Cell] = {}
        for unit in reversed(self.top_down()):
            below = self._children[unit]
            cells[unit] = (
                sum((cells[child] for child in below), Cell())
                if below
                else leaf_cells.get(unit, Cell())
            )
        return cells


def _levels(root: str, children: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, int]]:
    """Breadth first, so that every parent comes before its children."""
    level, row = 0, [root]
    while row:
        yield from ((unit, level) for unit in row)
        level, row = level + 1, [child for unit in row for child in children[unit]]
