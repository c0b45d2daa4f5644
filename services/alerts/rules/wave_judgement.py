"""What four weeks show the rule about leaving: three words, of which two are one answer.

A pure function of released counts up to those weeks and of what has been told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from models.climate.detection.episodes import lineages
from models.climate.detection.wave import Thresholds, WaveState, wave_episodes, wave_states
from models.climate.detection.wave_panel import signal_panel_of
from models.climate.detection.wave_scan import surges
from models.climate.windows import Window
from services.alerts.rules.judgement import Judged
from services.alerts.rules.rule import Wave
from services.alerts.rules.signals import Signals
from services.alerts.rules.state import Observation


def judge_wave(
    condition: Wave,
    window: Window,
    signals: Signals | None,
    told: Collection[str],
    speaking: Collection[str],
) -> Mapping[str, Judged]:
    """Judge every unit that is raised or clearly raised; of all others nothing is concluded.

    Whether they are as usual or not shown must not be seen: the difference would tell that fewer
    than five people have the signal.  What opens an episode is what the threshold was counted by.

    Args:
        condition: What a breach is; nothing is, until it is calibrated.
        window: Four weeks.
        signals: Up to their last week.
        told: Units with an alert of this rule that is not over: they are followed.
        speaking: Units whose episode speaks for their lineage: nothing new is told there.
    """
    if signals is None or not signals.counts:
        return {}
    if condition.raised is None or condition.threshold is None:
        return {}
    panel, related = signal_panel_of(signals.counts, signals.tree), lineages(signals.tree)
    z = surges(panel).z
    thresholds = Thresholds(raised=condition.raised, clearly=condition.threshold)
    states = wave_states(z, panel, related, thresholds).get(window, {})
    begun = wave_episodes(z, panel, related, condition.threshold)
    opened = {unit for unit, block in begun if block == window}
    speaks = np.array([unit in speaking for unit in panel.units])
    judged: dict[str, Judged] = {}
    for row, unit in enumerate(panel.units):
        state = states.get(unit, WaveState.NOTHING)
        if state is WaveState.NOTHING:
            continue
        begins = unit in opened and not np.any(related[row] & speaks)
        breach = state is WaveState.CLEARLY_RAISED and (unit in told or begins)
        observation = Observation.BREACH if breach else Observation.BETWEEN
        judged[unit] = Judged(observation, wave=state)
    return judged
