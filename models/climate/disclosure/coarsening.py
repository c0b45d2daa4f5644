"""Values as people see them: rounded, with a band in place of a headcount."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from models.climate.disclosure.thresholds import FLOOR

FINE_FROM: Final = 25
"""Contributors from which values have steps of 0.01; below they have steps of 0.02."""
_BANDS: Final = ((100, "100+"), (50, "50-99"), (25, "25-49"), (15, "15-24"), (10, "10-14"))
SMALLEST_BAND: Final = "5-9"
"""Exists under a policy with k below 10 alone."""
BANDS: Final = (SMALLEST_BAND, *(name for _, name in reversed(_BANDS)))


def band(contributors: int) -> str:
    """The band that *contributors* fall in.

    >>> band(10), band(24), band(2_000)
    ('10-14', '15-24', '100+')
    """
    return next((name for least, name in _BANDS if contributors >= least), SMALLEST_BAND)


def fewest(name: str) -> int:
    """Fewest contributors that fall in the band *name*.

    >>> fewest("5-9"), fewest("25-49"), fewest("100+")
    (5, 25, 100)

    Raises:
        ValueError: there is no such band.
    """
    known = {SMALLEST_BAND: FLOOR} | {spelled: least for least, spelled in _BANDS}
    if name not in known:
        raise ValueError("there is no such band")
    return known[name]


def at_least(k: int) -> str:
    """All that is said of the number of people where noise is added: that the gate let them pass.

    >>> at_least(10)
    '10+'
    """
    return f"{k}+"


def coarse(exact: Fraction, contributors: int) -> float:
    """*exact* in steps that fit the number of people behind it; the same on every machine.

    >>> coarse(Fraction(1234, 10_000), 25), coarse(Fraction(1234, 10_000), 24)
    (0.12, 0.12)
    >>> coarse(Fraction(-1, 1000), 99)
    0.0
    """
    steps = 100 if contributors >= FINE_FROM else 50
    return round(exact * steps) / steps
