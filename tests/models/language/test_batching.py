"""Batches hold everything once and no more than they may."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.language import batching

LENGTHS = st.lists(st.integers(0, 600), max_size=80)
BUDGETS = st.integers(8, 5000)


@given(LENGTHS, BUDGETS)
def test_every_row_is_in_exactly_one_batch(lengths: list[int], budget: int) -> None:
    plan = batching.plan(lengths, budget=budget)

    assert sorted(row for batch in plan for row in batch.rows) == list(range(len(lengths)))


@given(LENGTHS, BUDGETS)
def test_a_batch_keeps_to_its_budget_unless_one_text_alone_breaks_it(
    lengths: list[int], budget: int
) -> None:
    for batch in batching.plan(lengths, budget=budget):
        assert batch.width * len(batch.rows) <= budget or len(batch.rows) == 1


@given(LENGTHS, BUDGETS)
def test_the_width_is_the_least_multiple_that_holds_every_text(
    lengths: list[int], budget: int
) -> None:
    for batch in batching.plan(lengths, budget=budget):
        longest = max(lengths[row] for row in batch.rows)

        assert batch.width % batching.MULTIPLE == 0
        assert longest <= batch.width < longest + 2 * batching.MULTIPLE
        assert batch.width - batching.MULTIPLE < max(longest, 1)


@given(LENGTHS, BUDGETS)
def test_all_texts_of_a_batch_have_one_width_unless_they_may_be_mixed(
    lengths: list[int], budget: int
) -> None:
    apart = batching.plan(lengths, budget=budget)
    for batch in apart:
        assert {batching.padded(lengths[row]) for row in batch.rows} == {batch.width}
    assert len(batching.plan(lengths, budget=budget, mixed=True)) <= len(apart)


def test_mixed_texts_share_a_batch() -> None:
    assert len(batching.plan([3, 20], budget=100, mixed=True)) == 1


@given(LENGTHS, BUDGETS)
def test_no_text_waits_beside_a_longer_one_of_an_earlier_batch(
    lengths: list[int], budget: int
) -> None:
    in_turn = [
        lengths[row] for batch in batching.plan(lengths, budget=budget) for row in batch.rows
    ]

    assert in_turn == sorted(lengths)
