"""What people see tells no more than its step and its band."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.disclosure.coarsening import BANDS, band, coarse

exact = st.fractions(-1, 1, max_denominator=10**6)


@pytest.mark.parametrize(
    ("contributors", "expected"),
    [(5, "5-9"), (9, "5-9"), (10, "10-14"), (14, "10-14"), (15, "15-24"), (24, "15-24"),
     (25, "25-49"), (49, "25-49"), (50, "50-99"), (99, "50-99"), (100, "100+"), (9999, "100+")],
)  # fmt: skip
def test_bands(contributors: int, expected: str) -> None:
    assert band(contributors) == expected
    assert expected in BANDS


@given(exact, st.integers(5, 500))
def test_a_value_lies_on_its_step_and_within_half_of_it(value: Fraction, contributors: int) -> None:
    step = Fraction(1, 100) if contributors >= 25 else Fraction(2, 100)

    found = coarse(value, contributors)

    assert Fraction(str(found)) % step == 0
    assert abs(Fraction(str(found)) - value) <= step / 2


@given(exact, exact, st.integers(5, 500))
def test_rounding_keeps_the_order(one: Fraction, other: Fraction, contributors: int) -> None:
    low, high = sorted((one, other))

    assert coarse(low, contributors) <= coarse(high, contributors)
