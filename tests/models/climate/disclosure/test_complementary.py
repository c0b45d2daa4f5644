"""What is left when shown children are taken from their parent is nothing, or enough."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.climate.cell import Cell
from models.climate.disclosure.complementary import complementary

K = 5
sizes = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1)


def cell(size: int) -> Cell:
    return Cell(messages=size, contributors=size, weight=3 * size)


def sound(hidden: Cell) -> bool:
    return hidden.is_empty or hidden.contributors >= K


@given(sizes)
def test_the_residual_is_nothing_or_enough(drawn: dict[str, int]) -> None:
    children = {unit: cell(size) for unit, size in drawn.items()}
    candidates = [unit for unit, size in drawn.items() if size >= K]

    shown = complementary(children, candidates, sound)

    left = sum(size for unit, size in drawn.items() if unit not in shown)
    assert shown <= set(candidates)
    assert not shown or left == 0 or left >= K


@given(sizes)
def test_no_more_is_dropped_than_needed_and_the_smallest_first(drawn: dict[str, int]) -> None:
    children = {unit: cell(size) for unit, size in drawn.items()}
    candidates = sorted(unit for unit, size in drawn.items() if size >= K)

    shown = complementary(children, candidates, sound)

    dropped = set(candidates) - shown
    assert max((drawn[u] for u in dropped), default=0) <= min((drawn[u] for u in shown), default=99)
    if dropped:
        last = max(dropped, key=lambda unit: (drawn[unit], 3 * drawn[unit], unit))
        before = sum((children[u] for u in drawn if u not in {*shown, last}), Cell())
        assert not sound(before)


def test_all_shown_leave_nothing() -> None:
    assert complementary({"a": cell(7), "b": cell(0)}, ["a"], sound) == {"a"}


def test_a_few_hidden_take_the_smallest_shown_with_them() -> None:
    children = {"a": cell(9), "b": cell(7), "c": cell(2)}

    assert complementary(children, ["a", "b"], sound) == {"a"}
