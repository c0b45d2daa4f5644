"""What one person adds to a week: bounded by the day and by the week."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.simulation.score_level.population import Floats, Integers

DAILY_BOUND: Final = 4
"""A day of somebody weighs at most this.  It is written down a second time on purpose: what plays
the truth shares no code with what is measured, and a test compares the two."""
WEEKLY_BOUND: Final = 20
"""A week of somebody weighs at most this."""
MICRO: Final = 1_000_000


def bounded(written: Integers, day_means: Floats) -> tuple[Integers, Integers]:
    """Weight of each person, and weight times mean valence in millionths.

    Args:
        written: People x 7, messages of each day.
        day_means: People x 7, their mean valence.
    """
    day_weights = np.minimum(written, DAILY_BOUND)
    total = day_weights.sum(axis=1)
    weight = np.minimum(total, WEEKLY_BOUND)
    mean = (day_weights * day_means).sum(axis=1) / np.maximum(total, 1)
    return weight, np.rint(MICRO * weight * mean).astype(np.int64)
