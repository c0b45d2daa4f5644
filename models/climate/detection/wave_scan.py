"""Where and for how long more people have the signal than is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import Floats
from models.climate.detection.persistence import LEAST_SHARE
from models.climate.detection.scan import trailing
from models.climate.detection.wave_baseline import signal_baseline
from models.climate.detection.wave_panel import SignalPanel

LEAST_SCALE: Final = 0.5
"""Half of what independent people would vary: with next to no history a smaller one is chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Surge:
    """Arrays of the shape of the panel.

    Attributes:
        z: Largest ``Z`` over windows of 1, 2, 4 and 8 weeks that end in the week; 0 where none
            can be judged.
        scale: Deviation of ``Z`` in each of the windows before it was divided by it.
    """

    z: Floats
    scale: Floats


def surges(panel: SignalPanel, scale: Floats | None = None) -> Surge:
    """Scan every unit over every window.

    ``Z(w) = sum (x - usual if shown) / sqrt(sum variance + (sum doubt)^2) / s(w)`` over the
    released ones of w weeks, of which at least 75 % must be there, the latest among them.
    ``s(w)`` is the root mean square over all units and weeks: the same people leave for eight
    weeks and the same people joke every week, so that long windows vary more, or less, than
    independent people would.

    Args:
        panel: Released weeks.
        scale: ``s(w)`` of the history, to judge weeks that must not be their own measure; None
            takes it from this panel.

    Source:
        Kulldorff, Fang & Walsh 2003 (tree-based scan statistic); overdispersion as a common
        scale: McCullagh & Nelder 1989, chapter 6; design study.
    """
    baseline = signal_baseline(panel)
    longest = WEEKLY.longest
    off = trailing(panel.count - baseline.usual_if_shown, longest)
    shown = np.isfinite(off)
    sums = _over_windows(np.where(shown, off, 0.0))
    variance = _over_windows(np.where(shown, trailing(baseline.variance, longest), 0.0))
    variance += _over_windows(np.where(shown, trailing(baseline.doubt, longest), 0.0)) ** 2
    judged = (shown[..., -1:] & baseline.known[:, np.newaxis]) & (
        _over_windows(shown) >= LEAST_SHARE * np.array(WEEKLY.lengths)
    )
    raw = np.divide(sums, np.sqrt(variance), out=np.zeros_like(sums), where=judged)
    raw[0] = 0.0  # the whole organisation has no others
    if scale is None:
        cells = np.maximum(np.count_nonzero(judged[1:], axis=(0, 1)), 1)
        scale = np.maximum(np.sqrt((raw[1:] ** 2).sum(axis=(0, 1)) / cells), LEAST_SCALE)
    return Surge(z=np.max(raw / scale, axis=-1, initial=0.0), scale=scale)


def _over_windows(weekly: Floats) -> Floats:
    backwards: Floats = np.cumsum(weekly[..., ::-1], axis=-1, dtype=np.float64)
    return backwards[..., np.array(WEEKLY.lengths) - 1]
