"""How large a lasting drop must be to be found soon."""

from __future__ import annotations

from math import sqrt

import numpy as np

from models.climate.detection.noise import Noise
from models.climate.detection.pace import WEEKLY
from models.climate.detection.persistence import LEAST_EFFECT


def detectable(noise: Noise, threshold: float, n_eff: float) -> float:
    """The drop that stands at the threshold after four weeks, in units of valence.

    About half of the drops of this size are in alarm in their fourth week; one that is half as
    large again nearly always is, if it lasts.  Unlike the alarm this does not ask which unit is
    named.

    Args:
        noise: Of the organisation.
        threshold: ``|Z|`` from which the rule makes an alarm.
        n_eff: Effective contributors of the unit in each week.

    Source:
        ``Z`` of the tree scan over four weeks, solved for the mean residual.
    """
    weeks = WEEKLY.last
    memory = 1 + 2 * noise.rho * (weeks - 1) / weeks
    week = float(noise.variance(np.array(n_eff)))
    return max(LEAST_EFFECT, threshold * sqrt(week * memory / weeks))
