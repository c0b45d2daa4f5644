"""A share of people is shown only where some are in it and some are not."""

from __future__ import annotations

from typing import Final

from models.climate import catalogue
from models.climate.cell import Cell
from models.climate.person_day import NO_DRIVERS, NO_SIGNALS

LEAST: Final = 5
"""Fewest people on either side of a share that is shown."""
SHARES: Final = tuple(
    one.id for one in (*catalogue.SIGNALS, *catalogue.DRIVERS, catalogue.AFTER_HOURS)
)
"""Indicators that are a share of contributors, signals first."""


def numerator(cell: Cell, indicator: str) -> int:
    """Contributors of *cell* who are in the share *indicator*.

    Raises:
        ValueError: it is none of ``SHARES``.
    """
    inside = (*cell.signal_contributors, *cell.driver_contributors, cell.after_hours_contributors)
    return inside[SHARES.index(indicator)]


def two_sided(cell: Cell, indicator: str) -> bool:
    """Whether at least ``LEAST`` contributors are in the share, and as many are not.

    All or nobody would tell about each of them; and a value that is shown from one person on
    would tell about that person by being there.
    """
    inside = numerator(cell, indicator)
    return inside >= LEAST and cell.contributors - inside >= LEAST


assert len(SHARES) == len(NO_SIGNALS) + len(NO_DRIVERS) + 1
