"""Two charts of one organisation single out nobody, or the units that do are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.disclosure.reorganisation import isolating

K = 5
TEAM = frozenset(range(12))
leaf_of_each = st.lists(st.sampled_from("abcd-"), min_size=24, max_size=24)


def chart(leaves: list[str]) -> dict[str, frozenset[int]]:
    """Two departments of two teams; a dash is somebody who is not there."""
    found = {leaf: frozenset(n for n, at in enumerate(leaves) if at == leaf) for leaf in "abcd"}
    return {
        **found,
        "ab": found["a"] | found["b"],
        "cd": found["c"] | found["d"],
        "o": frozenset(n for n, at in enumerate(leaves) if at != "-"),
    }


@given(leaf_of_each, leaf_of_each)
def test_it_names_exactly_the_pairs_that_differ_by_a_few_who_stay(
    was: list[str], is_: list[str]
) -> None:
    before, after = chart(was), chart(is_)
    both = before["o"] & after["o"]

    expected = sorted(
        (old, new)
        for old in before
        for new in after
        if min(len(before[old]), len(after[new])) >= K
        and before[old] & after[new] & both
        and all(before[old] & both != unit & both for unit in after.values())
        and all(after[new] & both != unit & both for unit in before.values())
        and 0 < len((before[old] ^ after[new]) & both) < K
    )
    assert list(isolating(before, after, k=K)) == expected


@given(leaf_of_each)
def test_a_chart_beside_itself_singles_nobody_out(leaves: list[str]) -> None:
    assert isolating(chart(leaves), chart(leaves), k=K) == ()


def test_everybody_but_one_is_moved() -> None:
    after = {"t": TEAM - {0}, "u": frozenset({0})}

    assert isolating({"t": TEAM}, after, k=K) == (("t", "t"),)


def test_enough_people_move_at_once() -> None:
    moved = frozenset(range(K))

    assert isolating({"t": TEAM}, {"t": TEAM - moved, "u": moved}, k=K) == ()


def test_a_unit_that_is_split_below_itself_is_for_the_gate() -> None:
    parts = {"t.1": TEAM - {0}, "t.2": frozenset({0})}

    assert isolating({"t": TEAM}, {"t": TEAM, **parts}, k=K) == ()


def test_who_leaves_the_organisation_or_joins_it_is_no_difference_of_charts() -> None:
    assert isolating({"t": TEAM}, {"t": TEAM - {0} | {99}}, k=K) == ()


def test_a_unit_that_is_never_shown_needs_no_care() -> None:
    assert isolating({"t": TEAM, "s": frozenset({1, 2, 3, 4})}, {"t": TEAM}, k=K) == ()


def test_a_threshold_below_the_floor_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 5"):
        isolating({}, {}, k=4)
