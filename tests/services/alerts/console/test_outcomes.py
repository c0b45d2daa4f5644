"""The second line has a scale of its own, whatever its unit of measure."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from services.alerts.console.chart import Line, chart
from services.alerts.console.outcomes import round_step

FIGURES = st.lists(st.floats(-1e9, 1e9).filter(lambda v: v == 0 or abs(v) > 1e-6), min_size=1)


@given(FIGURES)
def test_a_grid_is_of_round_steps_and_holds_every_figure(figures: list[float]) -> None:
    step = round_step(figures)
    line = Line("x", figures, "square", "second")
    drawn = chart([str(n) for n in range(len(figures))], [line], step=step, bounds=None)

    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert round(mantissa, 6) in {1, 2, 5}
    assert 4 <= len(drawn.ticks) <= 14
    assert all(0 <= point.y <= drawn.floor + 1e-6 for point in drawn.drawn[0].points)


def test_the_steps_are_those_that_people_would_draw() -> None:
    assert [round_step(figures) for figures in ([3.1, 4.9], [120.0, 900.0], [])] == [0.2, 100, 0.1]
