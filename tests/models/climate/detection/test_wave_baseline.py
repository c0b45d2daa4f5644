"""What is usual of a unit is neither the luck of its few weeks nor a selection of its high ones."""

from __future__ import annotations

import numpy as np
import pytest

from models.climate.detection.wave_baseline import signal_baseline
from tests.models.climate.detection.signals import DEPARTMENTS, WEEKS, chance, panel


@pytest.mark.parametrize("usual", [3.0, 4.0, 6.0, 12.0])
def test_withheld_low_weeks_do_not_make_a_unit_look_high(usual: float) -> None:
    weeks = panel(chance(1, usual))
    baseline = signal_baseline(weeks)

    departments = [weeks.units.index(unit) for unit in DEPARTMENTS]
    found = np.nanmean(baseline.usual[departments][:, -20:])
    shown = np.nanmean(weeks.count[departments])

    print(f"usual {usual}: shown weeks {shown:.2f}, found {found:.2f}")
    assert found == pytest.approx(usual, rel=0.1)
    assert usual > 6 or shown > usual + 0.4


def test_a_unit_that_differs_has_a_baseline_of_its_own() -> None:
    counts = chance(2, 8.0)
    counts["a1"] = np.random.default_rng(3).poisson(20, WEEKS)
    weeks = panel(counts)

    usual = signal_baseline(weeks).usual

    assert np.nanmean(usual[weeks.units.index("a1"), -10:]) == pytest.approx(20, rel=0.12)
    assert np.nanmean(usual[weeks.units.index("a2"), -10:]) == pytest.approx(8, rel=0.2)


def test_a_unit_that_was_never_shown_is_expected_to_be_like_the_others() -> None:
    counts = chance(3, 8.0)
    counts["a1"] = np.zeros(WEEKS, np.int64)
    counts["a1"][-1] = 6
    weeks = panel(counts)

    baseline = signal_baseline(weeks)

    assert baseline.usual[weeks.units.index("a1"), -1] == pytest.approx(7.5, rel=0.15)


def test_a_week_in_which_everybody_talks_of_it_is_expected_to_be_high() -> None:
    counts = chance(4, 8.0)
    for count in counts.values():
        count[60] *= 2
    weeks = panel(counts)

    usual = signal_baseline(weeks).usual[weeks.units.index("a1")]

    assert usual[60] / np.nanmean(usual[61:]) == pytest.approx(1.9, abs=0.25)


def test_the_latest_four_weeks_are_not_in_the_baseline() -> None:
    calm, raised = chance(5, 8.0), chance(5, 8.0)
    raised["a1"][-4:] += 20

    before, after = (signal_baseline(panel(counts)).usual[:, -1] for counts in (calm, raised))

    row = panel(calm).units.index("a1")
    assert after[row] == pytest.approx(before[row], rel=0.05)


def test_nothing_is_known_before_half_a_baseline() -> None:
    known = signal_baseline(panel(chance(6))).known

    assert known.tolist() == [week >= 16 for week in range(WEEKS)]


@pytest.mark.parametrize("usual", [3.0, 4.0, 6.0])
def test_released_weeks_lie_as_often_above_as_below_what_is_usual_of_released_weeks(
    usual: float,
) -> None:
    weeks = panel(chance(7, usual))
    baseline = signal_baseline(weeks)
    departments = [weeks.units.index(unit) for unit in DEPARTMENTS]

    off = (weeks.count - baseline.usual_if_shown)[departments][:, 16:]

    assert np.nanmean(off) == pytest.approx(0, abs=0.35)
    assert np.nanmean((weeks.count - baseline.usual)[departments][:, 16:]) > 0.7


def test_what_is_usual_is_a_year_that_ended_four_weeks_ago() -> None:
    before = np.where(np.arange(80) < 40, 40, 20)
    weeks = panel(dict.fromkeys(DEPARTMENTS, before))

    usual = signal_baseline(weeks).usual[0, -1]

    assert usual == pytest.approx(16 * (16 * 40 + 36 * 20) / 52, rel=0.001)
