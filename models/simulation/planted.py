"""The truth that is planted: where the climate turns, when, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.simulation.organisation import Organisation

DEPARTMENT: Final = 2
"""Level of a department in the tree."""
IDEAL_SIZE: Final = 100
"""Large enough to be published every week, small enough to be hidden in its division."""
DROP: Final = 0.6
FROM: Final = 3 / 4
"""Share of the weeks that pass before: of 15, which is what it takes, week 12 is the first one
that is hit, and so is the first that can be judged."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A lasting drop of one unit.

    Attributes:
        unit: Its id; everybody below it is hit.
        first_week: Number of the first week that is hit, from 0.
        size: How far the mean valence of its messages falls, on the scale of -1 to 1.
    """

    unit: str
    first_week: int
    size: float = DROP

    def hits(self, unit: str, week: int) -> bool:
        """Whether messages of *unit* in *week* are written under the drop."""
        below = unit == self.unit or unit.startswith(f"{self.unit}.")
        return below and week >= self.first_week


def planted_in(organisation: Organisation, *, weeks: int) -> Planted:
    """The drop that the demonstration plants: the department nearest to 100 people."""
    departments = [unit.id for unit in organisation.at_level(DEPARTMENT)]
    unit = min(departments, key=lambda unit: abs(organisation.sizes[unit] - IDEAL_SIZE))
    return Planted(unit=unit, first_week=min(weeks - 1, round(weeks * FROM)))
