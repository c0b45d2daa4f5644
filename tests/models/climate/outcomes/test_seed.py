"""The same lines always meet the same chance, and other lines another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.climate.outcomes.association import Association, association
from models.climate.outcomes.seed import chance_of, digest_of
from tests.models.climate.outcomes.monthly import pair

CHANCE = np.random.default_rng(3)
LINES = CHANCE.standard_normal((4, 48))
ONE, OTHER = pair(LINES[0], LINES[1], "a"), pair(LINES[2], LINES[3], "b")


def test_a_result_can_be_had_again_to_the_last_bit() -> None:
    def found() -> object:
        return association(ONE, registered_lag=None, chance=chance_of(digest_of([ONE], None)))

    assert found() == found()
    assert isinstance(found(), Association)


def test_the_order_of_units_makes_no_difference() -> None:
    assert digest_of([ONE, OTHER], 2) == digest_of([OTHER, ONE], 2)


@given(st.integers(0, 47), st.sampled_from(["climate", "business"]))
def test_the_last_bit_of_any_month_makes_one(month: int, line: str) -> None:
    changed = getattr(ONE, line).copy()
    changed[month] = np.nextafter(changed[month], np.inf)

    assert digest_of([replace(ONE, **{line: changed})], 2) != digest_of([ONE], 2)


def test_so_do_the_lag_the_unit_and_the_months() -> None:
    later = replace(ONE, months=(*ONE.months[1:], ONE.months[-1]))
    others = [digest_of([ONE], 3), digest_of([ONE], None), digest_of([later], 2)]
    others += [digest_of([replace(ONE, unit="b")], 2), digest_of([ONE, OTHER], 2)]

    assert len({digest_of([ONE], 2), *others}) == 6


def test_a_gap_has_one_spelling() -> None:
    plain, odd = ONE.climate.copy(), ONE.climate.copy()
    plain[5], odd[5] = np.nan, -np.nan

    assert digest_of([replace(ONE, climate=plain)], 2) == digest_of([replace(ONE, climate=odd)], 2)


def test_the_seed_is_the_beginning_of_the_digest() -> None:
    digest = "00000000000000000000000000000005" + 32 * "f"

    assert chance_of(digest).random() == np.random.default_rng(5).random()
