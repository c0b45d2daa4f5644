"""A change of one unit, seen from all the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.panel import Floats, Panel
from models.climate.detection.persistence import LEAST_EFFECT, Evidence


def mirrored(
    panel: Panel, found: Evidence, threshold: float, related: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Units in alarm in the latest week for nothing but what others are in alarm for.

    A unit is in the control of every other one, so that its drop of ``e`` is a rise of
    ``-e W / (W of everybody else)`` of theirs.  From the most certain alarm down, one whose change
    goes that way and no further than that and what matters to nobody is no change of its own.

    Args:
        panel: U units x T weeks; the whole organisation is the first row.
        found: Of the same.
        threshold: ``|Z|`` from which the rule makes an alarm.
        related: U x U, from ``lineages``: a change of a lineage is one.
    """
    z, effect, weight = found.z[:, -1], found.effect[:, -1], panel.weight[:, -1]
    own: list[int] = []
    reflected = np.zeros(z.size, np.bool_)
    for unit in _most_certain_first(z, threshold):
        if np.any(related[unit, own]):
            continue
        shift = -float(effect[own] @ weight[own]) / float(weight[0] - weight[unit])
        beyond = (effect[unit] - shift) * np.sign(shift)
        if effect[unit] * shift > 0 and beyond < LEAST_EFFECT:
            reflected[unit] = True
        else:
            own.append(unit)
    return reflected


def _most_certain_first(z: Floats, threshold: float) -> list[int]:
    order: list[int] = np.argsort(-np.abs(z), kind="stable").tolist()
    return order[: int(np.count_nonzero(np.abs(z) >= threshold))]
