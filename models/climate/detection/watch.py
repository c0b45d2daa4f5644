"""The weeks as they came: what speaks for a change, with a baseline that an alarm stops."""

from __future__ import annotations

import numpy as np

from models.climate.detection.noise import Noise
from models.climate.detection.panel import Panel
from models.climate.detection.persistence import Evidence, clarity, evidence
from models.climate.detection.residuals import Baseline
from models.climate.detection.scan import trailing


def watch(panel: Panel, noise: Noise, threshold: float) -> Evidence:
    """Go through the weeks as they came; the baseline of a unit stands still while in alarm.

    A week that is withheld tells nothing: a unit that was in alarm before it keeps its baseline.

    Args:
        panel: U units x T weeks.
        noise: Of this organisation.
        threshold: ``clarity`` from which the rule makes an alarm.

    Returns:
        Arrays U x T, ``effects`` by the lengths of the pace.
    """
    units, length = panel.net.shape
    pace = panel.pace
    baseline = Baseline(units, pace)
    frozen = np.zeros(units, np.bool_)
    residual = np.full((units, pace.longest - 1 + length), np.nan)
    variance = trailing(noise.variance(panel.n_eff), pace.longest)
    contributors = trailing(panel.contributors, pace.longest)
    z, effect = np.zeros(panel.net.shape), np.full(panel.net.shape, np.nan)
    effects = np.full((*panel.net.shape, len(pace.lengths)), np.nan)
    weeks, conspicuous = np.ones(panel.net.shape, np.int64), np.zeros(panel.net.shape)
    seen = np.zeros(panel.net.shape, np.int64)
    for week in range(length):
        net = panel.net[:, week]
        residual[:, week + pace.longest - 1] = net - baseline.usual()
        recent = residual[:, week : week + pace.longest]
        found = evidence(
            recent, variance[:, week], contributors[:, week], noise.rho, baseline.shortness(), pace
        )
        z[:, week], effect[:, week], weeks[:, week] = found.z, found.effect, found.weeks
        effects[:, week] = found.effects
        conspicuous[:, week], seen[:, week] = found.conspicuous, found.recent
        frozen = np.where(np.isfinite(net), clarity(found.z) >= threshold, frozen)
        baseline.add(net, panel.weight[:, week], frozen=frozen)
    return Evidence(z, effect, effects, weeks, conspicuous, seen)
