"""Who comes back within four weeks, as a tenth, and when nothing is said of it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.networks.return_rate import return_rate

K = 10


def people(back: int, gone: int, new: int, between: int = 0) -> list[frozenset[int]]:
    return [
        *[frozenset({0, 1, 3})] * back,
        *[frozenset({0, 2})] * gone,
        *[frozenset({3})] * new,
        *[frozenset({1, 2})] * between,
        *[frozenset[int]()] * between,
    ]


def told(*groups: int, k: int = K) -> Fraction | None:
    found = return_rate(people(*groups), k)
    return None if found is None else found.share


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((20, 20, 20), Fraction(5, 10)),
        ((31, 69, 10), Fraction(3, 10)),
        ((39, 61, 10), Fraction(3, 10)),
        ((40, 60, 12), Fraction(4, 10)),
        ((20, 20, 20, 300), Fraction(5, 10)),
    ],
)
def test_it_is_the_lower_end_of_the_tenth_of_those_who_came_in_the_first_week(
    groups: tuple[int, ...], expected: Fraction
) -> None:
    assert told(*groups) == expected


@pytest.mark.parametrize(
    "groups",
    [
        (9, 40, 40),  # nine came back
        (40, 9, 40),  # nine did not
        (40, 40, 9),  # nine are new
        (12, 12, 40),  # 24 came
        (0, 40, 40),
        (40, 0, 40),
        (40, 40, 0),
        (0, 0, 0),
    ],
)
def test_a_group_of_a_few_hides_it(groups: tuple[int, ...]) -> None:
    assert told(*groups) is None


def test_the_smallest_groups_of_which_it_is_told() -> None:
    assert told(12, 13, 10) == Fraction(4, 10)


def test_a_tenth_that_would_be_a_number_of_people_is_not_told() -> None:
    """Of 25, from 10 to 15 may have come back: 15 alone is in the tenth from 0.6 on."""
    assert told(15, 10, 40) is None
    assert told(14, 11, 40) == Fraction(5, 10)


def test_who_else_could_be_new_bounds_the_numbers_that_are_possible() -> None:
    """Of 30 in the last week at most 20 are back: of 50, that alone is in the tenth from 0.4 on."""
    assert told(20, 30, 10) is None
    assert told(20, 30, 11) == Fraction(4, 10)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(5, 12))
def test_who_knows_both_weeks_is_left_with_groups_of_k_and_two_numbers(
    back: int, gone: int, new: int, k: int
) -> None:
    share = told(back, gone, new, k=k)
    came, last = back + gone, back + new
    # All that a reader holds: the contributors of both weeks, and that this tenth was told.
    possible = [
        other
        for other in range(min(came, last) + 1)
        if share is not None and told(other, came - other, last - other, k=k) == share
    ]

    if share is not None:
        assert back in possible
        assert len(possible) > 1
        assert all(min(n, came - n, last - n) >= k for n in possible)
        assert share <= Fraction(back, came) < share + Fraction(1, 10)
