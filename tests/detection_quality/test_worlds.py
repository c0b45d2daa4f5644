"""A drop that is planted afterwards is the drop that would have been played."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from models.climate.windows import week_of
from models.simulation.score_level.calibration import CAL
from models.simulation.score_level.truth import Shift, Truth
from tests.detection_quality.worlds import FIRST, World, a_world

UNIT, START, BY = "o.1.2", 3, -0.1


@lru_cache
def world(*, planted: bool) -> World:
    truth = Truth(shifts=(Shift(UNIT, START, 99, BY),) if planted else ())
    return a_world(CAL, 5, truth, weeks=8)


def test_a_shift_afterwards_is_a_shift_in_the_play() -> None:
    calm, played = world(planted=False), world(planted=True)

    added = (calm.shifted(UNIT, START, BY) - calm.micro) / 1e6
    moved = (played.micro - calm.micro) / 1e6

    assert np.array_equal(calm.weight, played.weight)
    assert added[:, :START].any() == moved[:, :START].any() == np.False_
    # Days whose mean is bounded at 1 move a little less when they are played.
    assert np.abs(added - moved).max() <= 0.02 * np.abs(added).max()


def test_the_door_is_the_same_whatever_is_felt() -> None:
    calm, played = world(planted=False), world(planted=True)

    assert np.array_equal(calm.released, played.released)
    assert np.array_equal(calm.shared, played.shared)


def test_what_left_is_what_the_rules_allow() -> None:
    calm = world(planted=False)
    eligible = np.array([calm.tree.eligible(unit) for unit in calm.tree.top_down()])

    assert calm.released[0].all()
    assert not calm.released[eligible < 25].any()
    assert calm.contributors[calm.released].min() >= 10
    assert calm.with_signal[calm.shared].min() >= 5
    assert not np.any(calm.shared & ~calm.released)


def test_the_detector_reads_the_sums_of_released_cells_only() -> None:
    calm = world(planted=False)

    statistics = calm.statistics(calm.micro, calm.released)

    assert len(statistics) == calm.released.sum()
    root = next(one for one in statistics if one.unit == "o" and one.window == week_of(FIRST))
    assert root.weight == calm.weight[calm.population.leaves, 0].sum()
    assert root.valence == pytest.approx(0.1, abs=0.07)
