"""People who leave together, and weeks in which nobody does: what is told of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.climate.detection.episodes import lineages
from models.climate.detection.panel import Floats
from models.climate.detection.wave import Thresholds, named, wave_episodes
from models.climate.detection.wave_panel import ReleasedSignal, SignalPanel, signal_panel_of
from models.climate.detection.wave_scan import surges
from models.climate.detection.wave_threshold import wave_thresholds
from models.climate.windows import Window
from models.simulation.score_level.calibration import CAL
from models.simulation.score_level.truth import Truth, Wave
from tests.detection_quality.claims import Observation
from tests.detection_quality.marker import MONITORED
from tests.detection_quality.worlds import World, a_world

REPETITIONS: Final = 40
"""Of the Monte Carlo of one world's thresholds."""
START: Final = 44
"""First week that leavers may begin in: that of a block, or one of the three after it."""
WITHIN: Final = 8
MAIN: Final = "15 of 60-110"
SMALL: Final = "8 of 22-40"
"""Never told of itself: it has fewer than fifty people."""
WAVES: Final = {
    MAIN: (2, 60, 110, 15),
    SMALL: (3, 22, 40, 8),
    "20 of 300-600": (1, 300, 600, 20),
    "40 of 300-600": (1, 300, 600, 40),
}
"""Level, eligible people from and to, and how many more than usual leave."""


def marked(seed: int) -> list[tuple[str, Observation]]:
    """Everything that one world says of waves."""
    generator = np.random.default_rng(seed)
    calm = a_world(CAL, seed)
    panel = _panel(calm)
    related = lineages(calm.tree)
    thresholds = wave_thresholds(
        panel, calm.tree, repetitions=REPETITIONS, generator=generator, progress=lambda _: None
    )
    usual = surges(panel)
    years = (len(calm.weeks) - MONITORED) / 52
    marks = [("wave/threshold", Observation(thresholds.clearly))]
    for key, threshold in (("false", thresholds.clearly), ("false raised", thresholds.raised)):
        found = wave_episodes(usual.z, panel, related, threshold)
        late = [one for one in found if one[1].start >= calm.weeks[MONITORED].start]
        marks.append((f"wave/{key}", Observation(len(late), years)))
    for name, (level, least, most, leavers) in WAVES.items():
        fit = [
            unit
            for unit in calm.population.units
            if calm.tree.level(unit) == level and least <= calm.tree.eligible(unit) <= most
        ]
        if fit:
            unit, start = str(generator.choice(fit)), START + int(generator.integers(0, 4))
            world = a_world(CAL, seed, Truth(waves=(Wave(unit, start, leavers),)))
            marks += _told(name, unit, start, world, usual.scale, thresholds)
    return marks


def _told(  # noqa: PLR0913, PLR0917  one wave, and what it is judged by
    name: str, unit: str, start: int, world: World, scale: Floats, thresholds: Thresholds
) -> list[tuple[str, Observation]]:
    """Whether the lineage of *unit* reached a threshold in time, and was told of in time."""
    panel, related = _panel(world), lineages(world.tree)
    z = surges(panel, scale).z
    lineage = related[panel.units.index(unit)]
    largest = z[:, start : start + WITHIN].max(axis=1)
    marks = [(f"wave/{name}", Observation(float(largest[lineage].max() >= thresholds.clearly)))]
    if name == MAIN:
        raised = Observation(float(largest[lineage].max() >= thresholds.raised))
        told = [
            found
            for found, block in wave_episodes(z, panel, related, thresholds.clearly)
            if lineage[panel.units.index(found)] and _in_time(world, block, start)
        ]
        marks += [
            (f"wave/{name}, raised", raised),
            (f"wave/{name}, told", Observation(float(bool(told)))),
        ]
    rows = named(largest, thresholds.clearly, related)
    if name != SMALL and any(lineage[row] for row in rows):
        marks.append(("wave/named", Observation(float(panel.units.index(unit) in rows))))
    return marks


def _in_time(world: World, block: Window, start: int) -> bool:
    """Whether *block* ends no later than the eighth week."""
    first, last = world.weeks[start], world.weeks[start + WITHIN - 1]
    return first.start < block.end_exclusive <= last.end_exclusive


def _panel(world: World) -> SignalPanel:
    """Of what the door let out."""
    return signal_panel_of(
        [
            ReleasedSignal(
                world.population.units[row],
                world.weeks[week],
                int(world.contributors[row, week]),
                int(world.with_signal[row, week]),
            )
            for row, week in np.argwhere(world.shared).tolist()
        ],
        world.tree,
    )
