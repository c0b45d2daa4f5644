"""The time back to progress is that of the longest silence after a fault."""

from __future__ import annotations

from tests.chaos.watch import back_after


def test_a_fault_is_felt_until_the_longest_silence_after_it_ends() -> None:
    growth = [1.0, 2.0, 3.0, 3.5, 9.0, 10.0, 11.0]

    assert list(back_after([2.5, 10.5], growth, end=12.0)) == [5.5, 0.5]


def test_progress_that_never_comes_counts_to_the_end() -> None:
    assert list(back_after([5.0], [1.0, 2.0], end=12.0)) == [7.0]
