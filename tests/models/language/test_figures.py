"""The figures agree with examples worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.language import figures


def test_macro_f1_weighs_classes_alike() -> None:
    truth = np.array([0, 0, 0, 0, 1, 2])
    found = np.array([0, 0, 0, 0, 0, 2])

    assert figures.macro_f1(truth, found) == pytest.approx((8 / 9 + 0 + 1) / 3)


def test_a_label_that_nobody_carries_is_left_out() -> None:
    truth = np.array([[True, False], [False, False]])
    found = np.array([[True, True], [False, False]])

    assert figures.macro_f1_labels(truth, found) == 1


def test_certainty_that_is_right_half_of_the_time_is_off_by_half() -> None:
    p = np.array([[1, 0, 0], [1, 0, 0]], np.float32)

    assert figures.calibration_error(np.array([0, 1]), p) == pytest.approx(0.5)


def test_honest_doubt_costs_nothing() -> None:
    truth = np.array([[True], [False]])
    p = np.array([[0.5], [0.5]], np.float32)

    assert figures.calibration_error_labels(truth, p) == pytest.approx(0)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32)), min_size=1))
def test_a_calibration_error_is_a_share(cases: list[tuple[bool, float]]) -> None:
    truth = np.array([[flag] for flag, _ in cases])
    p = np.array([[value] for _, value in cases], np.float32)

    assert 0 <= figures.calibration_error_labels(truth, p) <= 1
