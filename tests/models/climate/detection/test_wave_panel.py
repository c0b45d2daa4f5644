"""Only what was released, of units that are large enough, is ever looked at."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from models.climate.detection.wave_panel import ReleasedSignal, signal_panel_of
from models.climate.windows import FIRST_BLOCK, four_weeks_of, week_of
from tests.fakes.trees import tree

WEEK = week_of(FIRST_BLOCK)
LATER = week_of(FIRST_BLOCK + timedelta(weeks=2))
UNITS = tree({"o": None, "a": "o", "b": "o"}, {"o": 149, "a": 100, "b": 49})


def test_units_of_fewer_than_fifty_are_left_out() -> None:
    panel = signal_panel_of([ReleasedSignal(unit, WEEK, 40, 7) for unit in "oab"], UNITS)

    assert panel.units == ("o", "a", "b")
    assert panel.count[:2, 0].tolist() == [7, 7]
    assert np.isnan(panel.count[2, 0])
    assert panel.contributors[2, 0] == 0


def test_a_withheld_week_is_a_gap() -> None:
    panel = signal_panel_of([ReleasedSignal("a", at, 40, 7) for at in (LATER, WEEK)], UNITS)

    assert [start.isoformat() for start in panel.weeks] == [
        "2024-01-01",
        "2024-01-08",
        "2024-01-15",
    ]
    assert np.isfinite(panel.count[1]).tolist() == [True, False, True]


@pytest.mark.parametrize(("contributors", "with_signal"), [(40, 4), (40, 36), (9, 5)])
def test_a_count_that_cannot_have_been_released_is_refused(
    contributors: int, with_signal: int
) -> None:
    with pytest.raises(ValueError, match="not released"):
        ReleasedSignal("a", WEEK, contributors, with_signal)


def test_what_forms_no_panel_is_refused() -> None:
    one = ReleasedSignal("a", WEEK, 40, 7)
    with pytest.raises(ValueError, match="no count"):
        signal_panel_of([], UNITS)
    with pytest.raises(ValueError, match="twice"):
        signal_panel_of([one, one], UNITS)
    with pytest.raises(ValueError, match="not of the tree"):
        signal_panel_of([ReleasedSignal("z", WEEK, 40, 7)], UNITS)
    with pytest.raises(ValueError, match="no week"):
        signal_panel_of([ReleasedSignal("a", four_weeks_of(FIRST_BLOCK), 40, 7)], UNITS)
