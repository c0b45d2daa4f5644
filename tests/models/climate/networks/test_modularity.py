"""Modularity of units against networkx, on the units and on all their people."""

from __future__ import annotations

import networkx as nx  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from models.climate.networks.matrix import ShownMatrix, disclose
from models.climate.networks.modularity import Modularity, modularity
from tests.models.climate.networks.replies import NAMES, flat, random_people, shown

N = 8
weeks = st.lists(st.integers(5, 400), min_size=N * N, max_size=N * N).map(
    lambda cells: np.reshape(cells, (N, N))
)
pairs = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda p: p[0] != p[1]),
    max_size=12,
)


def found(matrix: ShownMatrix) -> Modularity:
    result = modularity(matrix)
    assert result is not None
    return result


def oracle(replies: ArrayLike) -> float:
    """Every unit is one node and one community."""
    graph = nx.from_numpy_array(np.asarray(replies), create_using=nx.DiGraph)
    return float(nx.community.modularity(graph, [{node} for node in graph]))


@given(weeks)
def test_it_is_that_of_networkx_where_all_is_shown(week: NDArray[np.int64]) -> None:
    result = found(shown(week))

    assert result.low == result.high == pytest.approx(oracle(week))


def test_it_is_that_of_all_people_with_their_units_as_communities() -> None:
    rng = np.random.default_rng(1)
    homes = np.repeat(np.arange(N), rng.integers(12, 20, N))
    people = len(homes)
    sent = rng.poisson(np.where(homes[:, None] == homes, 0.5, 0.1)) * (
        1 - np.eye(people, dtype=int)
    )
    graph = nx.from_numpy_array(sent, create_using=nx.DiGraph)
    at_home = homes == np.arange(N)[:, None]

    expected = nx.community.modularity(graph, [set(np.flatnonzero(unit)) for unit in at_home])

    assert found(shown(at_home @ sent @ at_home.T)).low == pytest.approx(expected)


@given(weeks, pairs, st.lists(st.integers(0, 300), min_size=N, max_size=N))
def test_the_truth_lies_between_the_bounds_when_something_is_withheld(
    week: NDArray[np.int64], hidden: list[tuple[int, int]], elsewhere: list[int]
) -> None:
    truth = np.zeros((N + 1, N + 1), np.int64)
    truth[:N, :N], truth[:N, N] = week, elsewhere

    result = found(shown(week, hidden=hidden, rest=elsewhere))

    assert result.low - 1e-9 <= oracle(truth) <= result.high + 1e-9


def test_where_all_that_is_withheld_has_one_place_the_low_bound_is_the_truth() -> None:
    week = np.full((N, N), 10)
    week[1] += 20

    assert found(shown(week, hidden=[(0, 1)])).low == pytest.approx(oracle(week))


def test_where_all_that_is_withheld_went_elsewhere_the_high_bound_is_the_truth() -> None:
    truth = np.full((N + 1, N + 1), 10)
    truth[N] = 0
    truth[0, 1] = truth[1, 0] = 0

    result = found(shown(truth[:N, :N], hidden=[(0, 1)], rest=truth[:N, N]))

    assert result.low < result.high == pytest.approx(oracle(truth))


def test_units_that_answer_only_inside_are_as_modular_as_can_be() -> None:
    assert found(shown(10 * np.eye(N))).low == pytest.approx(1 - 1 / N)


def test_units_that_never_answer_inside_are_below_chance() -> None:
    week = np.full((N, N), 10) * (1 - np.eye(N))

    assert found(shown(week)).low == pytest.approx(-1 / N)


def test_replies_that_do_not_care_for_units_are_at_zero() -> None:
    week = np.outer(np.arange(1, N + 1), np.arange(N, 0, -1)) * 3

    assert found(shown(week)).low == pytest.approx(0)


@given(weeks, st.permutations(range(N)), st.integers(2, 5))
def test_order_names_and_volume_do_not_matter(
    week: NDArray[np.int64], order: list[int], times: int
) -> None:
    moved = week[np.ix_(order, order)] * times

    assert found(shown(moved)).low == pytest.approx(found(shown(week)).low)


def test_fewer_than_eight_units_have_none() -> None:
    assert modularity(shown(np.full((7, 7), 10))) is None
    assert modularity(shown(np.zeros((0, 0)))) is None
    assert found(shown(np.full((8, 8), 10))).units == 8


def test_a_disclosed_week_bounds_the_modularity_of_what_its_units_sent() -> None:
    counted = random_people(5, 14).matrix()
    matrix = disclose(counted, flat(NAMES[:14]), k=5)
    at = [NAMES.index(unit) for unit in matrix.units]
    truth = np.zeros_like(counted.replies)
    truth[at] = counted.replies[at]

    result = found(matrix)

    assert matrix.rest.any()
    assert result.low < oracle(truth) < result.high
    assert result.high - result.low < 0.1
