"""A tree is a tree, and a unit is the sum of its leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.cell import Cell
from models.climate.unit_tree import Unit, UnitTree
from tests.fakes.trees import SHAPES, tree

counts = st.integers(0, 50)
leaf_cells = st.builds(
    lambda n, weight, micro, first: Cell(n, n, weight, micro, first * first, n, (first, 0)),
    counts, counts, st.integers(-50, 50), counts,
)  # fmt: skip


@pytest.mark.parametrize(
    ("units", "words"),
    [
        pytest.param([], "one root", id="nothing"),
        pytest.param([Unit("a", None, 1), Unit("b", None, 1)], "one root", id="two roots"),
        pytest.param(
            [Unit("o", None, 1), Unit("a", "o", 1), Unit("a", "o", 1)], "twice", id="twice"
        ),
        pytest.param([Unit("a", None, 1), Unit("b", "c", 1)], "unknown", id="unknown parent"),
        pytest.param(
            [Unit("o", None, 1), Unit("a", "b", 1), Unit("b", "a", 1)], "cycle", id="cycle"
        ),
        pytest.param([Unit("o", "o", 1)], "one root", id="its own parent"),
        pytest.param([Unit("o", None, -1)], "negative", id="negative headcount"),
    ],
)
def test_what_is_no_tree_is_refused(units: list[Unit], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        UnitTree(units)


def test_parents_come_before_children_whatever_the_order_given() -> None:
    units = [Unit("c", "b", 1), Unit("b", "a", 2), Unit("d", "a", 3), Unit("a", None, 5)]

    found = UnitTree(units)

    assert found.top_down() == UnitTree(reversed(units)).top_down() == ("a", "b", "d", "c")
    assert (found.root, found.leaves, found.children("a")) == ("a", ("d", "c"), ("b", "d"))
    assert [found.level(unit) for unit in found.top_down()] == [0, 1, 1, 2]
    assert (found.parent("c"), found.parent("a"), found.eligible("d")) == ("b", None, 3)


@given(st.sampled_from(SHAPES), st.lists(leaf_cells, min_size=4, max_size=4))
def test_a_unit_is_the_sum_of_the_leaves_below_it(
    shape: dict[str, str | None], drawn: list[Cell]
) -> None:
    units = tree(shape)
    leaves = dict(zip(units.leaves, drawn, strict=False))

    rolled = units.roll_up(leaves)

    def below(unit: str) -> Cell:
        children = units.children(unit)
        return sum(map(below, children), Cell()) if children else leaves[unit]

    assert rolled == {unit: below(unit) for unit in units.top_down()}
    assert rolled[units.root] == sum(leaves.values(), Cell())


def test_a_leaf_without_a_cell_is_empty() -> None:
    rolled = tree({"o": None, "a": "o", "b": "o"}).roll_up({"a": Cell(1, 1, 1, 1)})

    assert rolled["b"].is_empty
    assert rolled["o"] == rolled["a"]


def test_people_of_no_leaf_are_not_lost_silently() -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree({"o": None, "a": "o"}).roll_up({"o": Cell(1)})
