"""Replies that are returned, and how many would be if volumes were all there is."""

from __future__ import annotations

import networkx as nx  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.climate.networks.matrix import ShownMatrix
from models.climate.networks.reciprocity import Reciprocity, reciprocity
from tests.models.climate.networks.replies import shown

N = 8
weeks = st.lists(st.integers(5, 400), min_size=N * N, max_size=N * N).map(
    lambda cells: np.reshape(cells, (N, N))
)


def found(matrix: ShownMatrix) -> Reciprocity:
    result = reciprocity(matrix)
    assert result is not None
    return result


def chances(seed: int, units: int = N) -> NDArray[np.float64]:
    """``x_a y_b`` of the null model, 0 inside a unit."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0.97, 0.998, (2, units))
    product: NDArray[np.float64] = np.outer(x, y) * (1 - np.eye(units))
    return product


def random_week(seed: int, units: int = N) -> NDArray[np.int64]:
    """A week drawn from the null model."""
    rng = np.random.default_rng(seed)
    return rng.geometric(1 - chances(seed, units)) - 1


def matched(week: NDArray[np.int64]) -> float:
    """Every reply is an edge of its own; each finds at most one in the other direction."""
    edges = [(a, b) for a, b in np.ndindex(week.shape) if a != b for _ in range(int(week[a, b]))]
    free = {(a, b): int(week[a, b]) for a, b in np.ndindex(week.shape) if a != b}
    returned = 0
    for a, b in edges:
        if free[b, a]:
            free[b, a] -= 1
            returned += 1
    return returned / len(edges)


@pytest.mark.parametrize("seed", range(5))
def test_it_counts_the_replies_that_find_one_in_return(seed: int) -> None:
    week = random_week(seed)

    assert found(shown(week)).observed == pytest.approx(matched(week))


@pytest.mark.parametrize("seed", range(5))
def test_of_single_replies_it_is_that_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    week = (rng.random((N, N)) < 0.5).astype(np.int64) * (1 - np.eye(N, dtype=np.int64))
    graph = nx.from_numpy_array(week, create_using=nx.DiGraph)

    assert found(shown(week)).observed == pytest.approx(nx.overall_reciprocity(graph))


def test_all_returned_is_one() -> None:
    week = random_week(1)
    result = found(shown(week + week.T))

    assert result.observed == result.excess == 1
    assert result.expected < 1


def test_nothing_returned_is_zero_and_below_chance() -> None:
    """A ring: everybody answers the next unit."""
    result = found(shown(100 * np.roll(np.eye(N), 1, axis=1)))

    assert result.observed == 0
    assert result.excess < 0


def test_equal_volumes_by_hand() -> None:
    """Cells of mean mu with ``q = mu / (1 + mu)``: the smaller of two has ``q**2 / (1 - q**2)``."""
    mu = 30

    assert found(shown(np.full((N, N), mu))).expected == pytest.approx(mu / (1 + 2 * mu))


@pytest.mark.parametrize("seed", range(3))
def test_expected_is_what_weeks_of_those_volumes_have_on_average(seed: int) -> None:
    q = chances(seed)
    drawn = np.random.default_rng(seed).geometric(1 - q, (4_000, N, N)) - 1
    returned = np.minimum(drawn, drawn.transpose(0, 2, 1)).sum() / drawn.sum()
    volumes = np.round(q / (1 - q)).astype(np.int64)

    assert found(shown(volumes)).expected == pytest.approx(returned, rel=0.01)


@pytest.mark.parametrize(("units", "bias"), [(8, 0.10), (24, 0.05)])
def test_weeks_in_which_nobody_answers_on_purpose_have_little_excess(
    units: int, bias: float
) -> None:
    """A known limit: some, since the null model lets volumes vary; less the more units."""
    excess = [found(shown(random_week(seed, units))).excess for seed in range(60)]
    print(f"{units} units: mean {np.mean(excess):.3f} sd {np.std(excess):.3f}")

    assert -0.01 < np.mean(excess) < bias


def test_even_volumes_look_like_answers() -> None:
    """A known limit: the null model takes cells to be far more uneven than bounded people are."""
    rng = np.random.default_rng(0)
    cells = [[rng.integers(1, 21, rng.poisson(20)).sum() for _ in range(N * N)] for _ in range(30)]
    excess = [found(shown(np.reshape(week, (N, N)))).excess for week in cells]
    print(f"mean {np.mean(excess):.3f} sd {np.std(excess):.3f}")

    assert 0.5 < np.mean(excess) < 0.8
    assert np.std(excess) < 0.05


@settings(max_examples=40)
@given(weeks, st.permutations(range(N)))
def test_order_and_names_do_not_matter(week: NDArray[np.int64], order: list[int]) -> None:
    once, again = found(shown(week)), found(shown(week[np.ix_(order, order)]))

    assert again.observed == pytest.approx(once.observed)
    assert again.expected == pytest.approx(once.expected)
    assert 0 <= once.observed <= 1
    assert 0 < once.expected < 1


def test_what_stays_inside_a_unit_does_not_matter() -> None:
    week = random_week(2)

    assert found(shown(week + 500 * np.eye(N, dtype=np.int64))) == found(shown(week))


def test_withheld_pairs_are_out_and_say_so() -> None:
    week = random_week(3, N + 1)
    hidden = [(0, other) for other in range(1, N + 1)]

    result = found(shown(week, hidden=hidden, rest=7))
    alone = found(shown(week[1:, 1:]))

    assert result.observed == pytest.approx(alone.observed)
    assert result.expected == pytest.approx(alone.expected)
    assert result.units == N
    inside = np.trace(week)
    between = week[1:, 1:].sum() - np.trace(week[1:, 1:])
    assert result.coverage == pytest.approx(between / (week.sum() - inside + 7 * (N + 1)))
    assert alone.coverage == 1


def test_two_islands_have_a_null_model_too() -> None:
    week = random_week(4)
    hidden = [(a, b) for a in range(4) for b in range(4, 8)]

    assert 0 < found(shown(week, hidden=hidden)).expected < 1


def test_very_unequal_units_have_a_null_model_too() -> None:
    week = np.full((N, N), 5)
    week[0], week[:, 1] = 40_000, 20_000

    assert 0 < found(shown(week)).expected < 1


def test_fewer_than_eight_units_with_a_pair_have_none() -> None:
    full = np.full((N, N), 10)

    assert reciprocity(shown(full[:7, :7])) is None
    assert reciprocity(shown(full, hidden=[(0, other) for other in range(1, N)])) is None
    assert reciprocity(shown(np.zeros((0, 0)))) is None
