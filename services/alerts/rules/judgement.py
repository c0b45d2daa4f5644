"""What one closed window shows a rule: which units breach, which have recovered, and by how much.

A pure function of released sums up to that window and of what has been told: a replay of the same
windows says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np

from models.climate.detection.episodes import Direction, lineages, openings
from models.climate.detection.mirror import mirrored
from models.climate.detection.pace import FOUR_WEEKLY, WEEKLY
from models.climate.detection.panel import Panel, panel_of
from models.climate.detection.persistence import Evidence, clarity
from models.climate.detection.residuals import residuals
from models.climate.detection.robust_noise import noise_of
from models.climate.detection.shrinkage import NINETY_PER_CENT
from models.climate.detection.watch import watch
from models.climate.detection.wave import WaveState
from models.climate.disclosure.coarsening import coarse
from services.alerts.delivery.notice import Change
from services.alerts.rules.released import Look
from services.alerts.rules.rule import Sustained
from services.alerts.rules.state import Observation

STEPS: Final = 100
"""A margin has steps of 0.01, rounded up."""
PACES: Final = {pace.cadence: pace for pace in (WEEKLY, FOUR_WEEKLY)}
"""Cadences that changes are looked for in."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One unit in one window: what was seen, and the change itself where it is a breach.

    Of the rule about leaving nothing is known but the state, where it is raised.
    """

    observation: Observation
    change: Change | None = None
    wave: WaveState | None = None


WITHHELD: Final = Judged(Observation.WITHHELD)


def judge(
    condition: Sustained,
    indicator: str,
    look: Look,
    told: Collection[str],
    speaking: Collection[str],
) -> Mapping[str, Judged]:
    """Judge every unit below the whole organisation.

    A unit that nobody can see in this window is withheld and speaks for nobody, so that a change
    in it is told of the nearest unit above that is published, if it shows there too, or not.

    Args:
        condition: What a breach is.
        indicator: What it looks at.
        look: The window.
        told: Units with an alert of this rule that is not over: they are followed.
        speaking: Units whose episode, a drop or a rise, speaks for their lineage: nothing new is
            told there.
    """
    found = _evidence(look, condition.threshold)
    if found is None:
        return dict.fromkeys(look.units, WITHHELD)
    panel, seen = found
    sign = -1 if condition.direction is Direction.DROP else 1
    shown = np.array([(indicator, unit) in look.values for unit in panel.units])
    latest = sign * seen.z[:, -1]
    alarm = (latest > 0) & (clarity(seen.z[:, -1]) >= condition.threshold)
    related = lineages(look.tree)
    reflected = mirrored(panel, seen, condition.threshold, related)
    opened = openings(
        np.where(shown & ~reflected, seen.conspicuous[:, -1], 0.0),
        alarm,
        np.array([unit in speaking for unit in panel.units]),
        related,
        condition.threshold,
    )
    judged = dict.fromkeys(look.units, WITHHELD)
    for row, unit in enumerate(panel.units):
        if not shown[row] or not seen.recent[row, -1]:
            continue
        if alarm[row] and (unit in told or row in opened):
            judged[unit] = Judged(Observation.BREACH, _change(panel, seen, row, look, indicator))
        elif latest[row] > 0 or seen.recent[row, -1] < panel.pace.least_of_last:
            judged[unit] = Judged(Observation.BETWEEN)
        else:
            judged[unit] = Judged(Observation.RECOVERED)
    return judged


def _evidence(look: Look, threshold: float) -> tuple[Panel, Evidence] | None:
    """Of all weeks up to the latest; None while there is no baseline, and so no noise to fit."""
    if not look.statistics:
        return None
    panel = panel_of(look.statistics, look.tree, PACES[look.window.cadence])
    try:
        noise = noise_of(residuals(panel), panel.n_eff, panel.pace)
    except ValueError:
        return None
    return panel, watch(panel, noise, threshold)


def _change(panel: Panel, seen: Evidence, row: int, look: Look, indicator: str) -> Change:
    """As it may be told: no finer than the unit's published value."""
    effect, z = float(seen.effect[row, -1]), float(seen.z[row, -1])
    margin = NINETY_PER_CENT * effect / z
    return Change(
        size=coarse(Fraction(effect), int(panel.contributors[row, -1])),
        margin=ceil(margin * STEPS) / STEPS,
        weeks=int(seen.weeks[row, -1]),
        band=look.values[indicator, panel.units[row]].band,
    )
