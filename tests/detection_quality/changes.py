"""Lasting changes and their absence: what the complete rule makes of one world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from models.climate.detection.episodes import Direction
from models.climate.windows import Cadence
from models.simulation.score_level.calibration import CAL, HEAVY_TAILS, STRESS, Calibration
from tests.detection_quality.claims import CHANGES, Observation
from tests.detection_quality.marker import MONITORED, Marker, Thresholds, Told, both
from tests.detection_quality.worlds import K, World, a_world

START: Final = 44
"""First week of a planted change, that of a block or one of the three after it; it lasts."""
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


def marked(preset: str, seed: int) -> list[tuple[str, Observation]]:
    """Everything that one world of *preset* says."""
    calibration: Calibration = PRESETS[preset]
    world = a_world(calibration, seed)
    marker = Marker(world, world.released)
    generator = np.random.default_rng(seed)
    thresholds = marker.calibrated(REPETITIONS, generator)
    if preset == "heavy":
        return list(_heavy(world, marker, thresholds))
    settings = {"4.0": both(4.0), "3.6": both(3.6), "calibrated": thresholds}
    marks = [
        (f"{preset}/threshold", Observation(thresholds[Cadence.WEEK])),
        (f"{preset}/threshold four", Observation(thresholds[Cadence.FOUR_WEEKS])),
        (f"{preset}/door", Observation(float(world.released.sum(axis=0).mean()))),
    ]
    for setting, z in settings.items():
        marks += _false(f"{preset}/{setting}", marker.told(marker.calm, z), world)
    for change, (size, by) in CHANGES.items():
        for unit in _some(world, size, generator):
            start = START + int(generator.integers(0, 4))
            panels = marker.changed(unit, start, by)
            direction = Direction.DROP if by < 0 else Direction.RISE
            for setting, z in settings.items():
                delay, named = marker.first(panels, unit, start, direction, z)
                marks += _change(f"{preset}/{setting}", change, delay, named=named)
                if change == DEEP:
                    weekly = world.tree.eligible(unit) >= WEEKLY
                    kind = "weekly team" if weekly else "four-weekly team"
                    found = Observation(float(delay <= WITHIN))
                    marks.append((f"{preset}/{setting}/{kind}", found))
    marks += _every(preset, world, generator)
    return [*marks, *_naive(preset, world)]


def _years(world: World) -> float:
    return (len(world.weeks) - MONITORED) / 52


def _false(key: str, found: list[Told], world: World) -> Marks:
    drops = sum(one.episode.direction is Direction.DROP for one in found)
    yield f"{key}/false", Observation(len(found), _years(world))
    yield f"{key}/false drops", Observation(drops, _years(world))


def _change(key: str, change: str, delay: float, *, named: bool) -> Marks:
    yield f"{key}/{change}", Observation(float(delay <= WITHIN))
    yield f"{key}/{change}/delay", Observation(delay)
    if delay <= WITHIN:
        yield f"{key}/named", Observation(float(named))


def _heavy(world: World, marker: Marker, thresholds: Thresholds) -> Marks:
    for key, z in (("heavy/false drops", both(4.0)), ("heavy/false", thresholds)):
        found = marker.told(marker.calm, z)
        if key == "heavy/false drops":
            found = [one for one in found if one.episode.direction is Direction.DROP]
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
    marker = Marker(world, world.contributors >= K, four_weekly=False)
    drops = [
        one
        for one in marker.told(marker.calm, both(4.0))
        if one.episode.direction is Direction.DROP
    ]
    yield f"{preset}/every/false drops", Observation(len(drops), _years(world))
    for unit in _some(world, "team", generator):
        delay, _ = marker.first(
            marker.changed(unit, START, CHANGES[DEEP][1]), unit, START, Direction.DROP, both(4.0)
        )
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
