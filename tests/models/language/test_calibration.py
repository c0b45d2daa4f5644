"""Probabilities that stay probabilities at any temperature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.language import calibration

LOGITS = st.lists(st.floats(-500, 500, width=32), min_size=3, max_size=3)
TEMPERATURES = st.floats(0.05, 20)


@given(LOGITS, TEMPERATURES)
def test_classes_add_up_to_one_and_the_winner_stays(
    logits: list[float], temperature: float
) -> None:
    row = np.array([logits], np.float32)

    found = calibration.calibrated(row, np.array([temperature], np.float32))

    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert found[0, row.argmax()] == found.max()


@given(LOGITS, TEMPERATURES)
def test_labels_are_bounded_and_stay_on_their_side(logits: list[float], temperature: float) -> None:
    row = np.array([logits], np.float32)

    found = calibration.independent(row, np.array([temperature], np.float32))

    assert np.all((found >= 0) & (found <= 1))
    assert np.all((found >= 0.5) | (row <= 0))


def test_each_row_has_its_own_temperature() -> None:
    rows = np.array([[0, 2], [0, 2]], np.float32)

    found = calibration.calibrated(rows, np.array([1, 4], np.float32))

    assert found[0, 1] > found[1, 1] > 0.5


def test_no_temperature_is_zero() -> None:
    with pytest.raises(ValueError, match="positive"):
        calibration.calibrated(np.zeros((1, 3), np.float32), np.zeros(1, np.float32))
