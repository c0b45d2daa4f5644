"""What a block may spend, laid out from headcounts before anything is known of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.disclosure import cadence_plan
from models.climate.disclosure.privacy_budget import (
    EPSILON,
    LEVELS,
    PrivacyMode,
    cadences,
    due,
    layout,
)
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence

NOISY = [PrivacyMode.ON, PrivacyMode.STRICT]
LARGE = UnitTree(
    [
        Unit("org", None, 700),
        Unit("big", "org", 500),
        Unit("big.a", "big", 300),
        Unit("big.a.team", "big.a", 200),
        Unit("big.b", "big", 149),
        Unit("small", "org", 140),
        Unit("small.a", "small", 60),
    ]
)


@st.composite
def trees(draw: st.DrawFn) -> UnitTree:
    units = [Unit("0", None, draw(st.integers(0, 400)))]
    for number in range(1, draw(st.integers(1, 12))):
        parent = draw(st.sampled_from(units))
        units.append(Unit(str(number), parent.id, draw(st.integers(0, parent.eligible))))
    return UnitTree(units)


def test_large_units_are_released_by_the_week_and_the_rest_by_four_weeks() -> None:
    weekly = {unit for unit, own in cadences(LARGE, PrivacyMode.ON).items() if own is Cadence.WEEK}

    assert weekly == {"org", "big", "big.a", "big.a.team"}
    assert set(cadences(LARGE, PrivacyMode.STRICT).values()) == {Cadence.FOUR_WEEKS}


def test_no_team_is_released_and_under_the_strict_mode_no_small_unit() -> None:
    assert due(LARGE, PrivacyMode.ON) == {"org", "big", "big.a", "big.b", "small", "small.a"}
    assert due(LARGE, PrivacyMode.STRICT) == {"org", "big", "big.a"}


def test_a_block_is_laid_out_for_the_longest_way_down_of_each_cadence() -> None:
    laid_out = layout(LARGE, PrivacyMode.ON)

    # Down to big.a three units by the week; down to small.a one, and two by four weeks.
    assert laid_out.levels == {Cadence.WEEK: 3, Cadence.FOUR_WEEKS: 2}
    assert laid_out.epsilon_of(Cadence.WEEK) == pytest.approx(1.8)
    assert laid_out.epsilon_of(Cadence.FOUR_WEEKS) == pytest.approx(1.2)
    assert [laid_out.windows(cadence) for cadence in laid_out.levels] == [4, 1]


@given(trees(), st.sampled_from(NOISY))
def test_nobody_is_in_more_values_than_the_block_is_laid_out_for(
    tree: UnitTree, mode: PrivacyMode
) -> None:
    laid_out, plan, released = layout(tree, mode), cadences(tree, mode), due(tree, mode)

    cadence_plan.check(tree, plan)
    for leaf in tree.leaves:
        way: list[str] = []
        unit: str | None = leaf
        while unit is not None:
            way.append(unit)
            unit = tree.parent(unit)
        shown = [unit for unit in way if unit in released]
        assert len(shown) <= LEVELS
        for cadence, levels in laid_out.levels.items():
            assert sum(plan[unit] is cadence for unit in shown) <= levels
    if any(laid_out.levels.values()):
        parts = sum(map(laid_out.epsilon_of, laid_out.levels))
        assert parts == pytest.approx(EPSILON[mode])


def test_the_modes_have_an_order_and_the_laxest_has_no_cadences() -> None:
    off, on, strict = PrivacyMode

    assert strict.is_stricter_than(on)
    assert on.is_stricter_than(off)
    assert not on.is_stricter_than(on)
    with pytest.raises(ValueError, match="no noise"):
        cadences(LARGE, off)
