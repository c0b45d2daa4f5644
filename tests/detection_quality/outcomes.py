"""Two lines that have nothing to do with each other, called associated."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from models.climate.outcomes.association import Association, association
from models.climate.outcomes.series import MonthlyPair
from models.simulation.score_level.population import Floats
from tests.detection_quality.claims import Observation

CASES: Final = {"36": (36, 0.5), "60": (60, 0.8)}
"""Months, and how much of a month is left in the next (design study)."""
SIGNIFICANT: Final = 0.05


def marked(seed: int) -> list[tuple[str, Observation]]:
    """One pair of lines of each case."""
    generator = np.random.default_rng(seed)
    marks = []
    for name, (months, memory) in CASES.items():
        starts = tuple(date(2020 + n // 12, n % 12 + 1, 1) for n in range(months))
        lines = (_drifting(months, memory, generator), _drifting(months, memory, generator))
        found = association(MonthlyPair("o", starts, *lines), registered_lag=None, chance=generator)
        if not isinstance(found, Association):
            raise TypeError("nothing was computed")
        marks.append((f"outcomes/{name}", Observation(float(found.p_value <= SIGNIFICANT))))
    return marks


def _drifting(months: int, memory: float, generator: np.random.Generator) -> Floats:
    line = np.zeros(months + 50)
    for month in range(1, line.size):
        line[month] = memory * line[month - 1] + generator.standard_normal()
    return line[50:]
