"""The share of messages that answer one, and when there is none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.networks.conversation import conversation_index

K = 10


def told(people: list[tuple[int, int]], k: int = K) -> Fraction | None:
    found = conversation_index([{True: a, False: b} for a, b in people], k)
    return None if found is None else found.share


def test_it_is_the_share_of_messages_and_not_of_people() -> None:
    assert told([(3, 9)] * 20) == Fraction(1, 4)
    assert told([(3, 0)] * 10 + [(0, 9)] * 10) == Fraction(1, 4)


def test_a_person_counts_for_twenty_messages_on_either_side() -> None:
    assert told([(10, 10)] * 10 + [(500, 0)]) == Fraction(120, 220)
    assert told([(10, 10)] * 10 + [(0, 500)]) == Fraction(100, 220)


@pytest.mark.parametrize(
    "people",
    [
        [(3, 0)] * 9 + [(0, 3)] * 30,
        [(3, 0)] * 30 + [(0, 3)] * 9,
        [(3, 3)] * 9,
        [(2, 20)] * 30,  # nobody answers often enough to be counted
        [(20, 2)] * 30,
        [(20, 5)] + [(3, 5)] * 19,  # one gave over a quarter of the answers
        [(5, 20)] * 2 + [(5, 3)] * 18,  # two wrote over 40 % of the rest
        [(5, 0)] * 40,
        [(0, 5)] * 40,
        [],
    ],
)
def test_a_side_of_few_people_hides_it(people: list[tuple[int, int]]) -> None:
    assert told(people) is None


def test_the_smallest_sides_of_which_it_is_told() -> None:
    assert told([(3, 0)] * 10 + [(0, 3)] * 10) == Fraction(1, 2)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40), st.integers(5, 12))
def test_on_either_side_are_k_people_none_of_whom_wrote_most_of_it(
    people: list[tuple[int, int]], k: int
) -> None:
    share = told(people, k)

    if share is not None:
        sides = [sorted(min(one[side], 20) for one in people) for side in (0, 1)]
        for written in sides:
            assert sum(n >= 3 for n in written) >= k
            assert written[-1] <= sum(written) / 4
            assert written[-1] + written[-2] <= 0.4 * sum(written)
        assert share == Fraction(sum(sides[0]), sum(map(sum, sides)))
