"""Cadences follow size, and never become finer further down."""

from __future__ import annotations

import pytest

from models.climate.disclosure.cadence_plan import check, first_quarter
from models.climate.windows import Cadence
from tests.fakes.trees import tree

LINE = {"o": None, "a": "o", "b": "o", "b1": "b"}
DAY, WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS


def test_units_below_twenty_five_are_published_by_four_weeks() -> None:
    plan = first_quarter(tree(LINE, {"o": 60, "a": 25, "b": 24, "b1": 24}))

    assert plan == {"o": WEEK, "a": WEEK, "b": FOUR, "b1": FOUR}


def test_a_child_is_never_finer_than_its_parent() -> None:
    plan = first_quarter(tree(LINE, {"o": 60, "a": 30, "b": 10, "b1": 30}))

    assert plan["b1"] is FOUR


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param({"o": WEEK, "a": WEEK, "b": WEEK}, id="a unit without"),
        pytest.param({"o": FOUR, "a": WEEK, "b": FOUR, "b1": FOUR}, id="finer than its parent"),
    ],
)
def test_a_plan_that_the_gate_cannot_vouch_for_is_refused(plan: dict[str, Cadence]) -> None:
    with pytest.raises(ValueError, match=r"cadence|finer"):
        check(tree(LINE), plan)


def test_three_cadences_may_meet_on_one_line() -> None:
    check(tree(LINE), {"o": DAY, "a": DAY, "b": WEEK, "b1": FOUR})


def test_the_first_plan_is_one_that_the_gate_can_vouch_for() -> None:
    units = tree(LINE, {"o": 60, "a": 30, "b": 10, "b1": 30})

    check(units, first_quarter(units))
