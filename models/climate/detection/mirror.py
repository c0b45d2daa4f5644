"""A change of one unit, seen from all the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.panel import Floats, Panel
from models.climate.detection.persistence import LEAST_EFFECT, Evidence, clarity


def mirrored(
    panel: Panel, found: Evidence, threshold: float, related: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Units in alarm in the latest week for nothing but what others are in alarm for.

    A unit is in the control of every other one, so that its drop of ``e`` is a rise of
    ``-e W / (W of everybody else)`` of theirs, over the same weeks.  From the most certain alarm
    down, one whose change goes that way and no further than that and what matters to nobody is no
    change of its own.

    Args:
        panel: U units x T weeks; the whole organisation is the first row.
        found: Of the same.
        threshold: ``clarity`` from which the rule makes an alarm.
        related: U x U, from ``lineages``: a change of a lineage is one.
    """
    z, effect, weight = found.z[:, -1], found.effect[:, -1], panel.weight[:, -1]
    lengths = np.searchsorted(panel.pace.lengths, found.weeks[:, -1] // panel.pace.weeks)
    over = np.nan_to_num(found.effects[:, -1])
    own: list[int] = []
    reflected = np.zeros(z.size, np.bool_)
    for unit in _most_certain_first(z, threshold):
        if np.any(related[unit, own]):
            continue
        lifted = -float(over[own, lengths[unit]] @ weight[own])
        shift = lifted / float(weight[0] - weight[unit])
        beyond = (effect[unit] - shift) * np.sign(shift)
        if effect[unit] * shift > 0 and beyond < LEAST_EFFECT:
            reflected[unit] = True
        else:
            own.append(unit)
    return reflected


def _most_certain_first(z: Floats, threshold: float) -> list[int]:
    clear = clarity(z)
    order: list[int] = np.argsort(-clear, kind="stable").tolist()
    return order[: int(np.count_nonzero(clear >= threshold))]
