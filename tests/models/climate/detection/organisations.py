"""Organisations whose teams write as they are told, as released weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.noise import Noise
from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import Panel, panel_of
from models.climate.detection.weekly_chance import WeeklyChance
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.unit_tree import UnitTree
from models.climate.windows import FIRST_BLOCK, week_of
from tests.fakes.trees import tree

WEEKLY_WEIGHT = 10
"""Of everybody, so that ``n_eff`` is the number of people."""
SHAPE: Mapping[str, str | None] = {
    "org": None,
    **dict.fromkeys("abcdef", "org"),
    **{f"{division}{team}": division for division in "abcdef" for team in range(5)},
}
UNITS = tree(SHAPE, 30)
"""Six divisions of five teams."""
NOISE = Noise(tau=0.008, kappa=0.12, rho=0.12)
CHANCE = WeeklyChance(tau=0.008, kappa=0.12, lasting=1.0, memory=0.12)
"""Weeks that remember as ``NOISE`` says."""


def week_number(start: date) -> int:
    """Which column of a panel the week is."""
    return (start - FIRST_BLOCK).days // 7


def statistics(
    units: UnitTree, valence: Mapping[str, NDArray[np.float64]], people: int = 30
) -> list[ReleasedStatistic]:
    """Weeks of every unit, teams of so many people with these weekly valences."""
    micro = {
        leaf: np.round(people * WEEKLY_WEIGHT * values * 1_000_000).astype(int)
        for leaf, values in valence.items()
    }
    teams = dict.fromkeys(valence, 1)
    for unit in reversed(units.top_down()):
        below = units.children(unit)
        if below:
            micro[unit] = np.sum([micro[child] for child in below], axis=0)
            teams[unit] = sum(teams[child] for child in below)
    return [
        ReleasedStatistic(
            unit,
            week_of(date.fromordinal(FIRST_BLOCK.toordinal() + 7 * week)),
            weight=teams[unit] * people * WEEKLY_WEIGHT,
            weighted_micro=int(sums[week]),
            contributors=teams[unit] * people,
            n_eff=float(teams[unit] * people),
        )
        for unit, sums in micro.items()
        for week in range(sums.size)
    ]


def noisy(
    weeks: int, seed: int, units: UnitTree = UNITS, noise: Noise = NOISE
) -> dict[str, NDArray[np.float64]]:
    """Valences of the teams of *units*, 0.1 and noise, all of it their own."""
    generator = np.random.default_rng(seed)
    deviation = np.sqrt(noise.variance(np.array(30.0)))
    return {leaf: 0.1 + deviation * generator.standard_normal(weeks) for leaf in units.leaves}


def panel(valence: Mapping[str, NDArray[np.float64]], people: int = 30) -> Panel:
    """The panel of ``UNITS``."""
    return panel_of(statistics(UNITS, valence, people), UNITS, WEEKLY)


def full_size() -> UnitTree:
    """5 divisions of 4 departments of 5 teams: 126 units."""
    parents: dict[str, str | None] = {"org": None}
    for division in "abcde":
        parents[division] = "org"
        for department in range(4):
            parents[f"{division}{department}"] = division
            for team in "vwxyz":
                parents[f"{division}{department}{team}"] = f"{division}{department}"
    return tree(parents)
