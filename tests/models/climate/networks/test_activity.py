"""How much a contributor writes, from released sums alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.networks.activity import activity
from models.climate.windows import Cadence, window_of
from tests.fakes.scores import MONDAY

WEEK = window_of(Cadence.WEEK, MONDAY)


def told(weight: int, contributors: int) -> Fraction | None:
    whole = ReleasedStatistic("org", WEEK, weight, 0, contributors, 1.0)
    found = activity(whole)
    return None if found is None else found.share


def test_it_is_a_mean_in_tenths_of_a_message() -> None:
    assert told(777, 100) == Fraction(78, 10)
    assert told(400, 40) == 10


@pytest.mark.parametrize(("weight", "shown"), [(300, 4), (399, 4), (410, Fraction(41, 10)),
                                               (1_610, 16), (2_000, 16), (2_200, 16)])  # fmt: skip
def test_its_ends_are_open(weight: int, shown: Fraction) -> None:
    assert told(weight, 100) == shown


def test_where_no_weights_were_released_there_is_none() -> None:
    assert told(0, 40) is None


@given(st.integers(1, 50_000), st.integers(5, 5_000))
def test_it_is_never_an_end_that_would_speak_of_everybody(weight: int, contributors: int) -> None:
    share = told(weight, contributors)
    assert share is not None

    assert 4 <= share <= 16
    if 4 <= Fraction(weight, contributors) <= 16:
        assert abs(share - Fraction(weight, contributors)) <= Fraction(1, 20)
