"""What is usual of a unit ends four weeks ago and stands still in alarm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.pace import FOUR_WEEKLY, WEEKLY
from models.climate.detection.residuals import Baseline, residuals
from tests.models.climate.detection.organisations import noisy, panel

CALM = np.array([False])


def week(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value])


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.6))
def test_the_baseline_is_the_weighted_mean_of_a_year_that_ends_four_weeks_ago(
    seed: int, share_withheld: float
) -> None:
    generator = np.random.default_rng(seed)
    whole = panel(noisy(75, seed=seed))
    net = np.where(generator.random(whole.net.shape) < share_withheld, np.nan, whole.net)
    weight = generator.integers(1, 500, net.shape).astype(float)

    found = residuals(replace(whole, net=net, weight=weight))

    for unit, at in ((1, 74), (5, 57), (9, 40), (3, 16)):
        usual = [t for t in range(max(0, at - 55), at - 3) if np.isfinite(net[unit, t])]
        expected = np.nan
        if len(usual) >= 8:
            mean = sum(weight[unit, t] * net[unit, t] for t in usual) / weight[unit, usual].sum()
            expected = net[unit, at] - mean
        assert found[unit, at] == pytest.approx(expected, nan_ok=True)


def test_too_few_weeks_are_no_baseline() -> None:
    found = residuals(panel(noisy(20, seed=1)))

    assert np.isnan(found[:, :11]).all()
    assert np.isfinite(found[1:, 11:]).all()


@given(st.lists(st.floats(-1, 1), max_size=40))
def test_a_week_in_alarm_is_as_if_it_had_not_been(in_alarm: list[float]) -> None:
    stopped, spared = Baseline(1, WEEKLY), Baseline(1, WEEKLY)
    for value in np.linspace(0, 1, 33):
        stopped.add(week(value), week(10.0), frozen=CALM)
        spared.add(week(value), week(10.0), frozen=CALM)
    for value in in_alarm:
        stopped.add(week(value), week(10.0), frozen=~CALM)

    for value in np.linspace(1, 0, WEEKLY.lag + 1):
        assert stopped.usual() == spared.usual()
        stopped.add(week(value), week(10.0), frozen=CALM)
        spared.add(week(value), week(10.0), frozen=CALM)


def test_a_short_baseline_says_how_much_less_certain_it_is() -> None:
    baseline, weeks = Baseline(1, WEEKLY), WEEKLY.span + WEEKLY.lag
    found = []
    for number in range(weeks):
        found.append(float(baseline.shortness()[0]))
        baseline.add(np.array([np.nan]) if number == 2 else week(0.1), week(1.0), frozen=CALM)

    expected = [1 / (number - WEEKLY.lag) - 1 / WEEKLY.span for number in range(12, weeks)]
    assert np.isnan(found[:12]).all()
    assert found[12:] == pytest.approx(expected)


def test_by_four_weeks_the_year_before_is_thirteen_blocks() -> None:
    baseline = Baseline(1, FOUR_WEEKLY)
    for value in range(20):
        baseline.add(week(value), week(1.0), frozen=CALM)

    assert baseline.usual() == pytest.approx(np.mean(range(7, 20)))


def test_a_frozen_unit_does_not_stop_the_clock_of_another() -> None:
    baseline = Baseline(2, WEEKLY)
    for value in range(WEEKLY.span + WEEKLY.lag - 1):
        baseline.add(np.full(2, value / 10), np.ones(2), frozen=np.array([value >= 20, False]))

    first, second = baseline.usual()

    assert first == pytest.approx(np.mean(np.arange(17)) / 10)
    assert second == pytest.approx(np.mean(np.arange(WEEKLY.span)) / 10)
