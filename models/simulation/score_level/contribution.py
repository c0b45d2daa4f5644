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
    so_far = np.minimum(np.minimum(written, DAILY_BOUND).cumsum(axis=1), WEEKLY_BOUND)
    day_weights = np.diff(so_far, axis=1, prepend=0)  # days count until the week is full
    return so_far[:, -1], np.rint(MICRO * (day_weights * day_means).sum(axis=1)).astype(np.int64)
