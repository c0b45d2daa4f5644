"""What is said to be found in half of cases is."""

from __future__ import annotations

import numpy as np
import pytest

from models.climate.detection.detectable import detectable
from models.climate.detection.noise import Noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.watch import watch
from tests.models.climate.detection.organisations import CHANCE, NOISE, UNITS, noisy, panel


def test_a_change_of_this_size_is_in_alarm_after_four_weeks_in_half_of_cases() -> None:
    whole, generator = panel(noisy(45, seed=0)), np.random.default_rng(3)
    size = detectable(NOISE, 4.0, 30.0)
    teams = [row for row, unit in enumerate(whole.units) if len(unit) == 2]
    shares = {}
    for factor in (0.5, 1.0, 1.5):
        found = 0
        for repetition in range(60):
            drawn = null_panel(whole, UNITS, CHANCE, generator)
            row = teams[repetition % len(teams)]
            drawn.net[row, -4:] -= factor * size
            found += int(watch(drawn, NOISE, 4.0).z[row, -1] <= -4.0)
        shares[factor] = found / 60

    print(f"of changes by half, once and one and a half times {size:.3f} in alarm: {shares}")
    assert shares[0.5] < 0.1
    assert 0.35 <= shares[1.0] <= 0.7
    assert shares[1.5] > 0.9


def test_more_people_and_a_lower_threshold_find_less_until_it_matters_to_nobody() -> None:
    sizes = [detectable(NOISE, 4.0, n) for n in (10.0, 30.0, 100.0, 1e9)]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 0.03
    assert detectable(NOISE, 3.0, 10.0) == pytest.approx(0.75 * sizes[0])
    assert detectable(Noise(0.05, 0.0, 0.0), 4.0, 1e9) == pytest.approx(0.1)
