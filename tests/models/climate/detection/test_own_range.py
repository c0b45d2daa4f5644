"""A value beside what its series was before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.own_range import LEAST_WEEKS, WEEKS, Standing, own_range

values = st.lists(st.integers(-50, 50), min_size=LEAST_WEEKS, max_size=WEEKS)


@pytest.mark.parametrize(
    ("latest", "standing"),
    [
        (0.19, Standing.BELOW),
        (0.2, Standing.WITHIN),
        (0.3, Standing.WITHIN),
        (0.5, Standing.WITHIN),
        (0.51, Standing.ABOVE),
    ],
)
def test_it_is_outside_only_beyond_every_week_before(latest: float, standing: Standing) -> None:
    found = own_range([0.3, 0.2, 0.5] + [0.4] * 9, latest)
    assert found is not None

    assert (found.low, found.high, found.weeks, found.standing) == (0.2, 0.5, 12, standing)


def test_of_few_weeks_nothing_is_said() -> None:
    assert own_range([0.1] * (LEAST_WEEKS - 1), 9.0) is None
    assert own_range([0.1] * LEAST_WEEKS, 9.0) is not None


@given(values, st.integers(-50, 50))
def test_upside_down_it_says_the_opposite(before: list[int], latest: int) -> None:
    found, turned = own_range(before, latest), own_range([-n for n in before], -latest)
    assert found is not None
    assert turned is not None

    opposite = {Standing.BELOW: Standing.ABOVE, Standing.ABOVE: Standing.BELOW}
    assert turned.standing == opposite.get(found.standing, Standing.WITHIN)


@given(st.lists(st.integers(), min_size=WEEKS + 1, max_size=WEEKS + 1, unique=True))
def test_of_fourteen_weeks_that_do_not_differ_each_is_the_lowest_as_often(weeks: list[int]) -> None:
    said = [own_range(weeks[:n] + weeks[n + 1 :], weeks[n]) for n in range(WEEKS + 1)]

    assert [one.standing for one in said if one].count(Standing.BELOW) == 1
    assert [one.standing for one in said if one].count(Standing.ABOVE) == 1


def test_by_chance_alone_it_is_outside_in_one_week_of_seven() -> None:
    rng = np.random.default_rng(7)
    drawn = rng.exponential(size=(20_000, WEEKS + 1)).tolist()
    said = [own_range(row[:-1], row[-1]) for row in drawn]

    outside = np.mean([one is not None and one.standing is not Standing.WITHIN for one in said])
    assert outside == pytest.approx(1 / 7, abs=0.01)
