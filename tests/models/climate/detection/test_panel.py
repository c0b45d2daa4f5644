"""Each week of each unit, less everybody else."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import panel_of
from models.climate.windows import four_weeks_of
from tests.fakes.trees import MONDAY, tree
from tests.models.climate.detection.organisations import (
    UNITS,
    noisy,
    panel,
    statistics,
    week_number,
)

SMALL = tree({"o": None, "a": "o", "b": "o", "c": "o"})
valences = st.lists(st.floats(-1, 1), min_size=3, max_size=3)


@given(valences)
def test_a_unit_is_measured_against_the_mean_of_all_others(values: list[float]) -> None:
    leaves = {leaf: np.array([value]) for leaf, value in zip("abc", values, strict=True)}

    found = panel_of(statistics(SMALL, leaves), SMALL, WEEKLY)

    a, b, c = values
    assert found.units == ("o", "a", "b", "c")
    assert found.net[1:, 0] == pytest.approx(
        [a - (b + c) / 2, b - (a + c) / 2, c - (a + b) / 2], abs=1e-6
    )
    assert found.net[0] == pytest.approx(np.nan, nan_ok=True)


@given(st.lists(st.floats(-0.3, 0.3), min_size=6, max_size=6))
def test_what_moves_everybody_moves_nobody(moves: list[float]) -> None:
    still = noisy(6, seed=1)
    moved = {leaf: values + np.array(moves) for leaf, values in still.items()}

    assert panel(moved).net == pytest.approx(panel(still).net, abs=1e-5, nan_ok=True)


@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: Random) -> None:
    listed = statistics(UNITS, noisy(5, seed=2))

    shuffled = panel_of(rng.sample(listed, len(listed)), UNITS, WEEKLY)

    np.testing.assert_array_equal(shuffled.net, panel_of(listed, UNITS, WEEKLY).net)


def test_a_withheld_week_is_a_gap_in_one_row() -> None:
    listed = statistics(UNITS, noisy(5, seed=3))
    kept = [s for s in listed if (s.unit, week_number(s.window.start)) != ("a1", 2)]

    whole, found = panel_of(listed, UNITS, WEEKLY), panel_of(kept, UNITS, WEEKLY)

    row = found.units.index("a1")
    assert len(found.weeks) == 5
    assert np.isnan(found.net[row, 2])
    assert np.isnan(found.n_eff[row, 2])
    assert (found.weight[row, 2], found.contributors[row, 2]) == (0, 0)
    assert np.count_nonzero(found.net != whole.net) - np.isnan(whole.net).sum() == 1


def test_a_week_that_nobody_has_is_a_column_all_the_same() -> None:
    listed = statistics(UNITS, noisy(5, seed=3))

    found = panel_of([s for s in listed if week_number(s.window.start) != 2], UNITS, WEEKLY)

    assert len(found.weeks) == 5
    assert np.isnan(found.net[:, 2]).all()


def test_without_the_whole_organisation_there_is_no_control() -> None:
    listed = statistics(UNITS, noisy(3, seed=4))

    assert np.isnan(panel_of([s for s in listed if s.unit != "org"], UNITS, WEEKLY).net).all()


def test_a_unit_that_is_everybody_has_no_others() -> None:
    line = tree({"o": None, "a": "o"})

    assert np.isnan(panel_of(statistics(line, {"a": np.array([0.3, 0.2])}), line, WEEKLY).net).all()


def test_what_is_no_weekly_series_of_the_tree_is_refused() -> None:
    listed = statistics(UNITS, noisy(2, seed=5))
    stranger = replace(listed[0], unit="nowhere")
    block = replace(listed[0], window=four_weeks_of(MONDAY))

    for wrong, words in (
        ([], "no statistic"),
        ([*listed, stranger], "not of the tree"),
        ([*listed, block], "another cadence"),
        ([*listed, listed[0]], "twice"),
    ):
        with pytest.raises(ValueError, match=words):
            panel_of(wrong, UNITS, WEEKLY)
