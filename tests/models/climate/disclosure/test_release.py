"""What leaves by the door, whatever is brought to it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.climate.cell import Cell
from models.climate.disclosure import selection
from models.climate.disclosure.release import (
    INDICATORS,
    PublishedCell,
    Release,
    published_cells,
    release,
)
from models.climate.disclosure.thresholds import Primary
from models.climate.person_day import NO_SIGNALS
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence
from tests.fakes.trees import (
    FOUR_WEEKS,
    SHAPES,
    WEEK,
    Organisation,
    cells,
    crowd,
    random_organisation,
    tree,
)

K = 5
SIGNAL = INDICATORS[1]


def cell(people: int, inside: int = 0, *, silent: int = 0, micro: int = 100_000) -> Cell:
    """People of three messages each, of whom some are in the signal, and others of one message."""
    return Cell(
        messages=3 * people + silent,
        contributors=people,
        weight=3 * people + silent,
        weighted_micro=(3 * people + silent) * micro,
        weight_squares=9 * people + silent,
        heaviest=(3, 3) if people > 1 else (3 * people, min(silent, 1)),
        signal_contributors=(min(inside, people), *NO_SIGNALS[1:]),
    )


drawn_cells = st.builds(
    lambda people, inside, silent: cell(people, inside, silent=silent),
    st.sampled_from([0, 1, 4, 5, 6, 9, 10, 11, 14, 30]),
    st.integers(0, 12),
    st.sampled_from([0, 0, 1, 2]),
)
organisations = st.tuples(st.sampled_from(SHAPES), st.lists(drawn_cells, min_size=4, max_size=4))


def weekly(shape: Any, leaves: list[Cell], **changes: Any) -> Release:
    units = tree(shape)
    given_: dict[str, Any] = {
        "tree": units,
        "plan": dict.fromkeys(units.top_down(), Cadence.WEEK),
        "window": WEEK,
        "cells": units.roll_up(dict(zip(units.leaves, leaves, strict=False))),
        "k": K,
        "indicators": ("valence", SIGNAL),
    }
    return release(**{**given_, **changes})


def of(released: Release, indicator: str) -> set[str]:
    return {found.unit for found in released.published if found.indicator == indicator}


@given(organisations)
def test_every_published_unit_and_residual_has_enough_people_or_nobody(drawn: Any) -> None:
    shape, leaves = drawn
    units = tree(shape)
    found = units.roll_up(dict(zip(units.leaves, leaves, strict=False)))

    shown = of(weekly(shape, leaves), "valence")

    for unit in shown:
        parent = units.parent(unit)
        hidden = [found[child] for child in units.children(unit) if child not in shown]
        left = sum(hidden, Cell())
        assert found[unit].contributors >= K
        assert parent is None or parent in shown
        assert left.messages == 0 or left.contributors >= K


@given(organisations)
def test_both_sides_of_every_share_and_of_what_it_leaves_have_enough_people(drawn: Any) -> None:
    shape, leaves = drawn
    units = tree(shape)
    found = units.roll_up(dict(zip(units.leaves, leaves, strict=False)))

    released = weekly(shape, leaves)

    shown = of(released, SIGNAL)
    assert shown <= of(released, "valence")
    for unit in shown:
        parent = units.parent(unit)
        assert parent is None or parent in shown
        left = sum((found[u] for u in units.children(unit) if u not in shown), Cell())
        for known in (found[unit], left):
            inside = known.signal_contributors[0]
            assert known.contributors == 0 or (inside >= 5 and known.contributors - inside >= 5)


@given(organisations, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_given_changes_nothing(drawn: Any, rng: Random) -> None:
    shape, leaves = drawn
    units = tree(shape)
    rolled = units.roll_up(dict(zip(units.leaves, leaves, strict=False)))
    listed = [Unit(unit, units.parent(unit), 30) for unit in units.top_down()]

    shuffled = weekly(
        shape,
        leaves,
        tree=UnitTree(rng.sample(listed, len(listed))),
        cells=dict(rng.sample(list(rolled.items()), len(rolled))),
        indicators=(SIGNAL, "valence"),
    )

    assert shuffled == weekly(shape, leaves)


@given(organisations)
def test_what_is_brought_is_left_as_it_was(drawn: Any) -> None:
    shape, leaves = drawn
    units = tree(shape)
    found = units.roll_up(dict(zip(units.leaves, leaves, strict=False)))
    plan = dict.fromkeys(units.top_down(), Cadence.WEEK)
    before = deepcopy((found, plan))

    weekly(shape, leaves, cells=found, plan=plan)

    assert (found, plan) == before


@given(organisations)
def test_exact_sums_leave_for_what_is_published_alone(drawn: Any) -> None:
    shape, leaves = drawn

    both, share = weekly(shape, leaves), weekly(shape, leaves, indicators=(SIGNAL,))

    assert {statistic.unit for statistic in both.statistics} == of(both, "valence")
    assert {s.unit for s in both.statistics if s.shares} == of(both, SIGNAL)
    assert {found.indicator for found in share.published} <= {SIGNAL}
    assert of(share, SIGNAL) == of(both, SIGNAL) == {s.unit for s in share.statistics}
    assert {frozenset(s.shares) for s in share.statistics} <= {frozenset({SIGNAL})}


@given(organisations)
def test_nothing_of_valence_is_kept_where_the_policy_does_not_list_it(drawn: Any) -> None:
    kept = weekly(*drawn, indicators=(SIGNAL,)).statistics

    sums = {(s.weight, s.weighted_micro, s.squares_micro, s.n_eff, s.has_valence) for s in kept}
    assert sums <= {(0, 0, 0, 0.0, False)}


@given(organisations, st.sampled_from([("valence", SIGNAL), ("valence",), (SIGNAL,)]))
def test_published_cells_are_made_from_released_statistics_alone(drawn: Any, listed: Any) -> None:
    released = weekly(*drawn, indicators=listed)

    again = [cell for kept in released.statistics for cell in published_cells(kept, 10)]

    assert tuple(again) == released.published


@given(organisations)
def test_what_was_released_stands_under_the_rules_that_it_says_itself(drawn: Any) -> None:
    assert all(kept.stands(K) for kept in weekly(*drawn).statistics)


def test_too_few_people_on_any_side_do_not_stand() -> None:
    kept = weekly(SHAPES[0], [cell(30, 12), cell(30, 10)]).statistics[1]

    assert [kept.stands(k) for k in (30, 31)] == [True, False]
    for inside, stands in ((5, True), (4, False), (25, True), (26, False)):
        assert replace(kept, shares={SIGNAL: inside}).stands(K) is stands


def test_what_is_kept_of_a_unit_is_what_its_values_say() -> None:
    released = weekly(SHAPES[0], [cell(30, 12), cell(30, 10)])

    whole, first, second = released.statistics
    assert dict(first.shares) == {SIGNAL: 12}
    assert (first.contributors, first.weight, first.weighted_micro) == (30, 90, 9_000_000)
    assert whole.shares[SIGNAL] == first.shares[SIGNAL] + second.shares[SIGNAL]
    assert [(c.indicator, c.value, c.band) for c in published_cells(first, 10)] == [
        ("valence", 0.1, "25-49"),
        (SIGNAL, 0.4, "25-49"),
    ]


@given(organisations)
def test_every_unit_that_was_due_is_published_or_counted_as_withheld(drawn: Any) -> None:
    shape, leaves = drawn

    released = weekly(shape, leaves)

    assert len(of(released, "valence")) + released.withheld == len(shape)
    assert sum(released.decisions.values()) == len(shape)


def test_a_unit_is_withheld_in_one_way_whatever_the_reason() -> None:
    shape = {"o": None, "a": "o", "b": "o", "c": "o"}
    loud = replace(cell(5), weight=25, heaviest=(13, 3))
    few, none, dominated = (weekly(shape, [cell(30), cell(9), c]) for c in (cell(4), cell(0), loud))

    assert {found.unit for found in few.published} == {"o", "a"}
    assert {found.unit for found in dominated.published} == {"o", "a"}
    assert few.withheld == dominated.withheld == 2
    assert none.withheld == 1
    assert [found for found in none.published if found.unit == "c"] == []


def test_a_unit_of_nobody_is_not_due() -> None:
    eligible = {"o": 18, "a": 9, "b": 9, "s": 0}
    units = tree({"o": None, "a": "o", "b": "o", "s": "o"}, eligible)

    released = release(
        tree=units,
        plan=dict.fromkeys(eligible, Cadence.WEEK),
        window=WEEK,
        cells=units.roll_up({"a": cell(9), "b": cell(9)}),
        k=K,
        indicators=("valence",),
    )

    assert (of(released, "valence"), released.withheld) == ({"o", "a", "b"}, 0)


def test_a_published_cell_says_what_it_is() -> None:
    released = weekly(SHAPES[0], [cell(12, 6, micro=123_456), cell(30, 9, micro=-50_001)])

    expected = PublishedCell(
        "valence", "a", Cadence.WEEK, WEEK.start, WEEK.end_exclusive, 0.12, "10-14"
    )
    assert released.published[2] == expected
    assert [(c.unit, c.indicator, c.value, c.band) for c in released.published] == [
        ("o", "valence", 0.0, "25-49"), ("o", SIGNAL, 0.36, "25-49"),
        ("a", "valence", 0.12, "10-14"), ("a", SIGNAL, 0.5, "10-14"),
        ("b", "valence", -0.05, "25-49"), ("b", SIGNAL, 0.3, "25-49"),
    ]  # fmt: skip


def test_a_person_who_dominates_what_is_left_takes_a_sibling_with_them() -> None:
    loud = replace(cell(5), weight=25, heaviest=(13, 3))

    assert of(weekly(SHAPES[1], [cell(30), cell(9), cell(5)]), "valence") == {*"oabc"}
    assert of(weekly(SHAPES[1], [cell(30), cell(9), loud]), "valence") == {*"oa"}


def test_a_rule_that_broke_publishes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything_passes(_: Cell, *, k: int) -> Primary:
        return Primary.PASSES if k else Primary.TOO_FEW

    monkeypatch.setattr(selection, "primary", everything_passes)

    released = weekly(SHAPES[0], [cell(2), cell(30)])

    assert (released.published, released.statistics) == ((), ())
    assert released.decisions == {"refused": 3}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"k": 4}, "at least 5", id="k below the floor"),
        pytest.param(
            {"k": 4, "window": FOUR_WEEKS}, "at least 5", id="k below the floor with nothing due"
        ),
        pytest.param({"indicators": ("anger",)}, "unknown", id="an indicator of ours not"),
        pytest.param({"plan": {}}, "cadence", id="no plan"),
        pytest.param({"cells": {}}, "no cell", id="no cells"),
        pytest.param(
            {"cells": {"o": cell(9), "a": cell(9), "b": cell(1)}}, "sum", id="parts and no whole"
        ),
    ],
)
def test_what_the_rules_do_not_hold_for_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        weekly(SHAPES[0], [cell(9), cell(9)], **changes)


PEOPLE = crowd("a", 8, days=[w.start for w in FOUR_WEEKS.split(Cadence.WEEK)]) * 2
FOURS = Organisation(
    tree({"o": None, "a": "o"}), {"o": Cadence.WEEK, "a": Cadence.FOUR_WEEKS}, PEOPLE
)


def test_under_a_finer_parent_the_four_weeks_come_after_all_its_weeks() -> None:
    weeks = FOURS.closed_weeks()
    lacking = [*weeks[:3], replace(weeks[3], released={})]

    assert of(FOURS.four_weeks(), "valence") == {"a"}
    assert FOURS.four_weeks(finer=()).decisions == {"withheld": 1}
    assert of(FOURS.four_weeks(finer=lacking), "valence") == set()


def test_weeks_that_are_not_those_of_the_four_are_refused() -> None:
    weeks = FOURS.closed_weeks()
    other = replace(weeks[1], cells=cells(FOURS.units, PEOPLE[:5], weeks[1].window))

    with pytest.raises(ValueError, match="not those of"):
        FOURS.four_weeks(finer=weeks[1:])
    with pytest.raises(ValueError, match="add up"):
        FOURS.four_weeks(finer=[weeks[0], other, *weeks[2:]])


@settings(max_examples=40, deadline=None)
@given(st.integers(1_000, 9_999))
def test_a_released_block_keeps_parents_above_children(seed: int) -> None:
    organisation = random_organisation(seed)
    weeks = organisation.closed_weeks()

    released = organisation.four_weeks()

    for unit in of(released, "valence"):
        parent = organisation.units.parent(unit)
        in_parts = all(parent in closed.released for closed in weeks)
        assert parent is None or parent in of(released, "valence") or in_parts
