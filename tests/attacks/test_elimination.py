"""The attacker's computer is checked before anything is concluded from its finding nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attacks.elimination import Public, combined, known_groups

ATOMS = 7
rows = st.lists(
    st.frozensets(st.integers(0, ATOMS - 1), min_size=1), min_size=1, max_size=6, unique=True
)
writers = st.lists(
    st.dictionaries(st.integers(0, 9), st.sampled_from([1, 3, 4]), min_size=1, max_size=4),
    min_size=ATOMS,
    max_size=ATOMS,
)


def by_trying_all(public: Public, k: int) -> set[frozenset[int]]:
    """All 127 groups, each by the rank of a matrix of floats: slow, short and obviously right."""
    matrix = np.array([[atom in row for atom in range(ATOMS)] for row in public.rows], float)
    rank = np.linalg.matrix_rank(matrix)
    found: set[frozenset[int]] = set()
    for size in range(1, ATOMS + 1):
        for group in combinations(range(ATOMS), size):
            wanted = np.array([[atom in group for atom in range(ATOMS)]], float)
            if np.linalg.matrix_rank(np.vstack([matrix, wanted])) == rank:
                held = frozenset(group)
                if public.contributors(held) < k and not any(known < held for known in found):
                    found.add(held)
    return found


@settings(max_examples=300)
@given(rows, writers, st.sampled_from([2, 5, 20]))
def test_it_finds_exactly_the_groups_that_can_be_told(
    published: list[frozenset[int]], written: list[dict[int, int]], k: int
) -> None:
    public = Public(published, written)

    found = known_groups(public, k)

    assert set(found) == by_trying_all(public, k)
    assert len(found) == len(set(found))


def test_a_sum_of_a_group_comes_from_published_sums_alone() -> None:
    public = Public([frozenset({0, 1, 2}), frozenset({0, 1})], [{1: 3}, {2: 3}, {3: 3}])
    groups = known_groups(public, 2)

    sums = combined(public, groups, np.array([[6.0, 0.9], [4.0, 1.1]]))

    assert groups == [frozenset({2})]
    assert sums == pytest.approx(np.array([[2.0, -0.2]]))


def test_who_wrote_in_two_weeks_is_one_person() -> None:
    both, apart = [{1: 3}, {1: 3}], [{1: 3}, {2: 3}]

    assert known_groups(Public([frozenset({0, 1})], both), 2) == [frozenset({0, 1})]
    assert known_groups(Public([frozenset({0, 1})], apart), 2) == []
