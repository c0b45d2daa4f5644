"""Lasting changes and their absence: what the complete rule makes of one world."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from models.climate.detection.episodes import Direction, Episode, episodes, lineages
from models.climate.detection.noise import Noise, fit_noise
from models.climate.detection.panel import Panel, panel_of
from models.climate.detection.residuals import residuals
from models.climate.detection.threshold import calibrated_threshold
from models.climate.detection.watch import watch
from models.climate.detection.weekly_chance import weekly_chance
from models.simulation.score_level.calibration import CAL, HEAVY_TAILS, STRESS, Calibration
from models.simulation.score_level.population import Flags, Integers
from tests.detection_quality.claims import CHANGES, Observation
from tests.detection_quality.worlds import FIRST, K, World, a_world

MONITORED: Final = 28
"""First week that is marked: a full baseline of 26 weeks, and the two that fill the blocks."""
START: Final = 44
"""First week of a planted change; it lasts to the end."""
WITHIN: Final = 8
REPETITIONS: Final = 150
"""Of the Monte Carlo of one world's threshold: 198 years, as `barograph calibrate` draws."""
UNITS_A_WORLD: Final = 2
"""Units of a size that are hit in one world, one at a time."""
SIZES: Final = {"team": (3, 22, 40), "department": (2, 60, 110), "division": (1, 0, 2_000)}
"""Level, and eligible people from and to."""
WEEKLY: Final = 25
"""Eligible people from which the first plan publishes by the week."""
DEEP: Final = "team 22-40, -0.10"
PRESETS: Final = {"cal": CAL, "stress": STRESS, "heavy": HEAVY_TAILS}
Marks = Iterator[tuple[str, Observation]]


class Marker:
    """Runs the rule over one world under different truths."""

    def __init__(self, world: World, released: Flags) -> None:
        self._world, self._released = world, released
        self._related = lineages(world.tree)
        self.panel = self._panel(world.micro)
        residual, n_eff = residuals(self.panel), self.panel.n_eff
        self.noise: Noise = fit_noise(residual, n_eff)
        self.chance = weekly_chance(residual, n_eff, self.noise)

    def _panel(self, micro: Integers) -> Panel:
        return panel_of(self._world.statistics(micro, self._released), self._world.tree)

    def found(self, micro: Integers, threshold: float) -> list[Episode]:
        """Episodes that opened in the monitored weeks."""
        panel = self.panel if micro is self._world.micro else self._panel(micro)
        listed = episodes(watch(panel, self.noise, threshold), threshold, panel, self._related)
        return [one for one in listed if week_number(one) >= MONITORED]

    def first(self, unit: str, by: float, threshold: float) -> tuple[float, bool]:
        """Weeks until a change is found, infinite if never, and whether *unit* was named."""
        direction = Direction.DROP if by < 0 else Direction.RISE
        units = self._world.population.units
        lineage = self._related[units.index(unit)]
        for one in self.found(self._world.shifted(unit, START, by), threshold):
            after = week_number(one) - START
            if after >= 0 and one.direction is direction and lineage[units.index(one.unit)]:
                return after + 1.0, one.unit == unit
        return math.inf, False


def week_number(episode: Episode) -> int:
    """Week in which it opened, from 0."""
    return (episode.opened - FIRST).days // 7


def marked(preset: str, seed: int) -> list[tuple[str, Observation]]:
    """Everything that one world of *preset* says."""
    calibration: Calibration = PRESETS[preset]
    world = a_world(calibration, seed)
    marker = Marker(world, world.released)
    generator = np.random.default_rng(seed)
    threshold = calibrated_threshold(
        marker.panel,
        world.tree,
        marker.chance,
        episodes_a_year=1.0,
        repetitions=REPETITIONS,
        generator=generator,
        progress=lambda _: None,
    )
    if preset == "heavy":
        return list(_heavy(world, marker, threshold))
    settings = {"4.0": 4.0, "3.6": 3.6, "calibrated": threshold}
    marks = [
        (f"{preset}/threshold", Observation(threshold)),
        (f"{preset}/door", Observation(float(world.released.sum(axis=0).mean()))),
    ]
    for setting, z in settings.items():
        marks += _false(f"{preset}/{setting}", marker.found(world.micro, z), world)
    for change, (size, by) in CHANGES.items():
        for unit in _some(world, size, generator):
            for setting, z in settings.items():
                delay, named = marker.first(unit, by, z)
                marks += _change(f"{preset}/{setting}", change, delay, named=named)
                if change == DEEP and world.tree.eligible(unit) >= WEEKLY:
                    found = Observation(float(delay <= WITHIN))
                    marks.append((f"{preset}/{setting}/weekly team", found))
    marks += _every(preset, world, generator)
    return [*marks, *_naive(preset, world)]


def _years(world: World) -> float:
    return (len(world.weeks) - MONITORED) / 52


def _false(key: str, found: list[Episode], world: World) -> Marks:
    drops = sum(one.direction is Direction.DROP for one in found)
    yield f"{key}/false", Observation(len(found), _years(world))
    yield f"{key}/false drops", Observation(drops, _years(world))


def _change(key: str, change: str, delay: float, *, named: bool) -> Marks:
    yield f"{key}/{change}", Observation(float(delay <= WITHIN))
    yield f"{key}/{change}/delay", Observation(delay)
    if delay <= WITHIN:
        yield f"{key}/named", Observation(float(named))


def _heavy(world: World, marker: Marker, threshold: float) -> Marks:
    for key, z in (("heavy/false drops", 4.0), ("heavy/false", threshold)):
        found = marker.found(world.micro, z)
        if key == "heavy/false drops":
            found = [one for one in found if one.direction is Direction.DROP]
        yield key, Observation(len(found), _years(world))


def _some(world: World, size: str, generator: np.random.Generator) -> list[str]:
    """A few units of a size, by chance; none where the world has none."""
    level, least, most = SIZES[size]
    fit = [
        unit
        for unit in world.population.units
        if world.tree.level(unit) == level and least <= world.tree.eligible(unit) <= most
    ]
    count = min(UNITS_A_WORLD, len(fit))
    return [fit[row] for row in generator.choice(len(fit), count, replace=False)] if fit else []


def _every(preset: str, world: World, generator: np.random.Generator) -> Marks:
    """The organisation of the design study, where every unit of ten is seen every week."""
    marker = Marker(world, world.contributors >= K)
    drops = [one for one in marker.found(world.micro, 4.0) if one.direction is Direction.DROP]
    yield f"{preset}/every/false drops", Observation(len(drops), _years(world))
    for unit in _some(world, "team", generator):
        delay, _ = marker.first(unit, CHANGES[DEEP][1], 4.0)
        yield f"{preset}/every/team", Observation(float(delay <= WITHIN))


def _naive(preset: str, world: World) -> Marks:
    """Messages as if independent: three standard errors, each unit against its own past."""
    mean = world.message_sum / np.maximum(world.messages, 1)
    mean = mean - mean[:1]
    spread = PRESETS[preset].message
    alarms, judged = 0, 0
    for week in range(MONITORED, len(world.weeks)):
        usual = mean[1:, week - 26 : week].mean(axis=1)
        seen = world.contributors[1:, week] >= K
        error = spread / np.sqrt(np.maximum(world.messages[1:, week], 1))
        alarms += int(np.count_nonzero(seen & (np.abs(mean[1:, week] - usual) > 3 * error)))
        judged += int(np.count_nonzero(seen))
    yield f"{preset}/naive", Observation(alarms, _years(world))
    yield f"{preset}/naive share", Observation(alarms, judged)
