"""Organisations in which some people say that they want to leave, as released weekly counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.episodes import lineages
from models.climate.detection.wave_panel import ReleasedSignal, SignalPanel, signal_panel_of
from models.climate.windows import FIRST_BLOCK, week_of
from tests.fakes.trees import tree

PEOPLE = 100
"""Contributors of each department, every week."""
WEEKS = 80
DIVISIONS = "abcd"
SHAPE: Mapping[str, str | None] = {
    "org": None,
    **dict.fromkeys(DIVISIONS, "org"),
    **{f"{division}{number}": division for division in DIVISIONS for number in range(4)},
}
DEPARTMENTS = [unit for unit in SHAPE if len(unit) == 2]
UNITS = tree(SHAPE, {unit: PEOPLE * {3: 16, 1: 4, 2: 1}[len(unit)] for unit in SHAPE})
"""Four divisions of four departments."""
RELATED = lineages(UNITS)


def chance(seed: int, usual: float = 6.0, weeks: int = WEEKS) -> dict[str, NDArray[np.int64]]:
    """Of each department, people with the signal by chance alone."""
    generator = np.random.default_rng(seed)
    return {unit: generator.poisson(usual, weeks) for unit in DEPARTMENTS}


def released(counts: Mapping[str, NDArray[np.int64]], least: int = 5) -> list[ReleasedSignal]:
    """Every unit's weeks in which enough people have the signal and enough do not."""
    summed = {unit: count.copy() for unit, count in counts.items()}
    for division in DIVISIONS:
        summed[division] = np.sum([counts[f"{division}{number}"] for number in range(4)], axis=0)
    summed["org"] = np.sum([summed[division] for division in DIVISIONS], axis=0)
    return [
        ReleasedSignal(
            unit, week_of(FIRST_BLOCK + timedelta(weeks=week)), UNITS.eligible(unit), count
        )
        for unit, series in summed.items()
        for week, count in enumerate(series.tolist())
        if least <= count <= UNITS.eligible(unit) - least
    ]


def panel(counts: Mapping[str, NDArray[np.int64]]) -> SignalPanel:
    """The panel of ``UNITS``."""
    return signal_panel_of(released(counts), UNITS)
