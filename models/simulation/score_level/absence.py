"""Who is away this week: absence comes in blocks of weeks, more of it in school holidays."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.simulation.activity import AWAY, AWAY_IN_SCHOOL_HOLIDAYS
from models.simulation.score_level.population import Flags

LENGTHS: Final = (1, 2, 3, 6)
"""Weeks away at a stretch."""
SHARES: Final = (0.55, 0.28, 0.12, 0.05)
"""How often each; with ``AWAY`` one in twenty is away in an ordinary week.  Ours."""


class Absence:
    """Who is away, week after week.

    Args:
        people: How many.
        generator: Where the chance comes from.
    """

    def __init__(self, people: int, generator: np.random.Generator) -> None:
        self._left = np.zeros(people, np.int64)
        self._generator = generator

    def present(self, *, holidays: bool) -> Flags:
        """Of each person whether they are there in the next week."""
        people = self._left.size
        chance = AWAY_IN_SCHOOL_HOLIDAYS if holidays else AWAY
        begins = self._generator.random(people) < chance
        lengths = self._generator.choice(LENGTHS, people, p=SHARES)
        self._left = np.where((self._left == 0) & begins, lengths, self._left)
        there: Flags = self._left == 0
        self._left = np.maximum(self._left - 1, 0)
        return there
