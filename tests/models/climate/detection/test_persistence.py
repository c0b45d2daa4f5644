"""An alarm lasts, is of enough people, and is large enough to matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.pace import WEEKLY
from models.climate.detection.persistence import Evidence, clarity, evidence
from models.climate.detection.scan import scan

SIGMA = 0.02
ALL = (40,) * 8
maybe = st.one_of(st.floats(-0.2, 0.2), st.just(float("nan")))


def judged(residual: list[float], contributors: tuple[int, ...] = ALL) -> Evidence:
    return evidence(
        np.array(residual),
        np.full(8, SIGMA**2),
        np.array(contributors, float),
        rho=0.12,
        shortness=np.array(0.0),
        pace=WEEKLY,
    )


def test_a_drop_that_lasts_speaks_and_so_does_a_rise() -> None:
    down, up = judged([0.0] * 4 + [-0.1] * 4), judged([0.0] * 4 + [0.1] * 4)

    assert float(down.effect) == pytest.approx(-0.1)
    assert int(down.weeks) == 4
    assert down.z < -8
    assert up.z == -down.z
    assert up.effect == -down.effect


def test_a_rise_must_be_clearer_than_a_drop_to_count_as_much() -> None:
    down, up = judged([0.0] * 4 + [-0.1] * 4), judged([0.0] * 4 + [0.1] * 4)

    assert clarity(down.z) == down.conspicuous == -down.z
    assert clarity(up.z) == up.conspicuous == pytest.approx(0.9 * up.z)
    assert clarity(np.array([0.0, np.nan])) == pytest.approx([0.0, np.nan], nan_ok=True)


@pytest.mark.parametrize("depth", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("length", [1, 2])
def test_a_short_dip_says_nothing_however_deep(length: int, depth: float) -> None:
    for after in range(5):
        dip = [0.0] * (8 - length - after) + [-depth] * length + [0.0] * after

        assert judged(dip).z == 0


def test_three_of_four_weeks_are_enough() -> None:
    assert judged([0.0] * 4 + [-0.1, 0.0, -0.1, -0.1]).z < 0
    assert judged([0.0] * 4 + [-0.1, 0.0, 0.0, -0.1]).z == 0


def test_a_certain_change_that_matters_to_nobody_says_nothing() -> None:
    assert judged([-0.029] * 8).z == 0
    assert judged([-0.031] * 8).z < -3.9


def test_a_week_must_be_clearly_off_to_count() -> None:
    """0.8 standard deviations are 0.016."""
    assert judged([-0.2] * 4 + [-0.017] * 3 + [-0.3]).z < 0
    assert judged([-0.2] * 4 + [-0.015] * 3 + [-0.3]).z == 0


@pytest.mark.parametrize(
    ("contributors", "weeks"),
    [
        pytest.param((40,) * 7 + (19,), 0, id="too few now"),
        pytest.param((20,) * 8, 8, id="just enough"),
        pytest.param((19, 19) + (20,) * 6, 8, id="three quarters of eight"),
        pytest.param((19, 19, 19) + (20,) * 5, 4, id="less of eight, all of four"),
        pytest.param((19,) * 5 + (20,) * 3, 4, id="three quarters of four"),
        pytest.param((19,) * 6 + (20,) * 2, 2, id="half of four, all of two"),
        pytest.param((19,) * 7 + (20,), 1, id="only now"),
    ],
)
def test_so_many_people_now_and_in_three_quarters_of_the_window(
    contributors: tuple[int, ...], weeks: int
) -> None:
    found = judged([-0.1] * 8, contributors)

    assert (found.z != 0) == (weeks > 0)
    assert weeks in {0, int(found.weeks)}


@given(
    st.lists(maybe, min_size=8, max_size=8), st.lists(st.integers(15, 30), min_size=8, max_size=8)
)
def test_it_is_the_rule_in_plain_words(residual: list[float], people: list[int]) -> None:
    found = judged(residual, tuple(people))

    whole = scan(np.array(residual), np.full(8, SIGMA**2), 0.12, np.array(0.0), WEEKLY)
    best = 0.0
    for column, w in enumerate(WEEKLY.lengths):
        z, effect = float(whole.z[column]), float(whole.effect[column])
        sign = -1 if z < 0 else 1
        last = sum(sign * r / SIGMA > 0.8 for r in residual[-4:])
        enough = people[-1] >= 20 and sum(n >= 20 for n in people[-w:]) >= 0.75 * w
        if last >= 3 and enough and abs(effect) >= 0.03 and abs(z) > abs(best):
            best = z
    assert found.z == pytest.approx(best)


@pytest.mark.parametrize(
    ("residual", "contributors", "recent"),
    [
        ([0.0] * 8, ALL, 4),
        ([0.0] * 5 + [np.nan, np.nan, 0.0], ALL, 2),
        ([0.0] * 7 + [np.nan], ALL, 0),
        ([0.0] * 8, (40,) * 7 + (19,), 0),
    ],
)
def test_a_week_without_enough_people_lets_nothing_be_concluded(
    residual: list[float], contributors: tuple[int, ...], recent: int
) -> None:
    assert judged(residual, contributors).recent == recent
