"""Of many hypotheses, a small p-value says less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.outcomes.multiplicity import adjusted

P_VALUES = st.lists(st.floats(0.001, 1), max_size=30)


@given(P_VALUES)
def test_it_is_the_step_up_procedure_of_benjamini_and_hochberg(p_values: list[float]) -> None:
    m = len(p_values)
    ranked = sorted(p_values)
    by_hand = [
        min(1.0, *(ranked[rank] * m / (rank + 1) for rank in range(m) if ranked[rank] >= p), 1.0)
        for p in p_values
    ]

    assert list(adjusted(p_values)) == pytest.approx(by_hand)


@given(P_VALUES)
def test_none_gets_smaller_and_none_is_above_one(p_values: list[float]) -> None:
    found = adjusted(p_values)

    assert all(p <= q * (1 + 1e-12) and q <= 1 for p, q in zip(p_values, found, strict=True))


def test_one_hypothesis_stays_as_it_is() -> None:
    assert adjusted([0.03]) == (0.03,)
    assert adjusted([]) == ()
