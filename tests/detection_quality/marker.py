"""Runs the rules over one world under different truths, as the alerts service would."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.climate.detection.episodes import (
    QUIET_WEEKS,
    Direction,
    Episode,
    episodes,
    lineages,
)
from models.climate.detection.noise import Noise, fit_noise
from models.climate.detection.pace import FOUR_WEEKLY, WEEKLY, Pace
from models.climate.detection.panel import Panel, four_weeks_together, panel_of
from models.climate.detection.residuals import residuals
from models.climate.detection.threshold import calibrated_threshold
from models.climate.detection.watch import watch
from models.climate.detection.weekly_chance import weekly_chance
from models.climate.windows import Cadence
from models.simulation.score_level.population import Flags, Integers
from services.alerts.rules.calibration import SHARES
from tests.detection_quality.worlds import FIRST, World

MONITORED: Final = 28
"""First week that is marked.  Of the year that is usual of a unit 25 weeks are there; 41 to 44 when
a change is planted, and in about half of the marked weeks all of it."""
Thresholds = Mapping[Cadence, float]
Panels = Mapping[Pace, Panel]


def both(threshold: float) -> Thresholds:
    """The same for units that are published by the week and by four."""
    return {Cadence.WEEK: threshold, Cadence.FOUR_WEEKS: threshold}


@dataclass(frozen=True, slots=True)
class Told:
    """An episode, and the week with whose end it is known, from 0."""

    episode: Episode
    week: int


class Marker:
    """One world, and what of it is released.

    Args:
        world: It.
        released: Weeks of which units the detector sees.
        four_weekly: Whether those that are published by four weeks are judged as well.
    """

    def __init__(self, world: World, released: Flags, *, four_weekly: bool = True) -> None:
        self._world, self._released = world, released
        self._paces = (WEEKLY, FOUR_WEEKLY) if four_weekly else (WEEKLY,)
        self._related = lineages(world.tree)
        self.calm = self._panels(world.micro)
        self._noise = {pace: _noise(panel) for pace, panel in self.calm.items()}

    def _panels(self, micro: Integers) -> Panels:
        world = self._world
        weekly = world.statistics(micro, self._released)
        panels = {WEEKLY: panel_of(weekly, world.tree, WEEKLY)}
        if FOUR_WEEKLY in self._paces:
            whole = four_weeks_together([one for one in weekly if one.unit == world.tree.root])
            statistics = [*world.four_weekly(micro), *whole]
            panels[FOUR_WEEKLY] = panel_of(statistics, world.tree, FOUR_WEEKLY)
        return panels

    def changed(self, unit: str, start: int, by: float) -> Panels:
        """What would have been released if *unit* had changed in week *start*."""
        return self._panels(self._world.shifted(unit, start, by))

    def calibrated(self, repetitions: int, generator: np.random.Generator) -> Thresholds:
        """Thresholds at which at most one false episode a year is promised."""
        return {
            pace.cadence: calibrated_threshold(
                panel,
                self._world.tree,
                weekly_chance(residuals(panel), panel.n_eff, self._noise[pace], pace),
                episodes_a_year=SHARES[pace.cadence],
                repetitions=repetitions,
                generator=generator,
                progress=lambda _: None,
            )
            for pace, panel in self.calm.items()
        }

    def told(self, panels: Panels, thresholds: Thresholds) -> list[Told]:
        """Episodes of the monitored weeks; one that was told speaks for its lineage, in either."""
        listed = [one for panel in panels.values() for one in self._of(panel, thresholds)]
        kept: list[Told] = []
        for one in sorted(listed, key=lambda one: one.week):
            lately = [other for other in kept if one.week - other.week < QUIET_WEEKS]
            if not any(self._are_related(one, other) for other in lately):
                kept.append(one)
        return [one for one in kept if one.week >= MONITORED]

    def _of(self, panel: Panel, thresholds: Thresholds) -> list[Told]:
        pace = panel.pace
        threshold = thresholds[pace.cadence]
        seen = watch(panel, self._noise[pace], threshold)
        return [
            Told(one, (one.opened - FIRST).days // 7 + pace.weeks - 1)
            for one in episodes(seen, threshold, panel, self._related)
        ]

    def _are_related(self, one: Told, other: Told) -> bool:
        units = self._world.population.units
        rows = (units.index(told.episode.unit) for told in (one, other))
        return bool(self._related[tuple(rows)])

    def first(
        self, panels: Panels, unit: str, start: int, direction: Direction, thresholds: Thresholds
    ) -> tuple[float, bool]:
        """Weeks until a change is found, infinite if never, and whether *unit* was named."""
        units = self._world.population.units
        lineage = self._related[units.index(unit)]
        for one in self.told(panels, thresholds):
            in_lineage = lineage[units.index(one.episode.unit)]
            if one.week >= start and one.episode.direction is direction and in_lineage:
                return one.week - start + 1.0, one.episode.unit == unit
        return math.inf, False


def _noise(panel: Panel) -> Noise:
    return fit_noise(residuals(panel), panel.n_eff)
