"""Simulated people weigh what real ones do, by a second implementation of the rule."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.cell import Cell, cell_of
from models.climate.person_day import PersonDay
from models.climate.windows import week_of
from models.simulation.score_level.contribution import bounded
from models.simulation.score_level.leaf_week import leaf_week
from models.simulation.score_level.weeks import PersonWeek

MONDAY = date(2026, 1, 5)
WEEKS = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.integers(-10, 10)), min_size=7, max_size=7),
    min_size=1,
    max_size=8,
)
"""Of each person: for seven days how many messages, and their mean valence in tenths."""


def cell(week: list[tuple[int, int]]) -> Cell:
    days = {
        MONDAY + timedelta(day): PersonDay(messages, messages * tenths * 100_000)
        for day, (messages, tenths) in enumerate(week)
        if messages
    }
    return cell_of(days, week_of(MONDAY))


@given(WEEKS)
def test_a_persons_week_is_that_of_the_cell(people: list[list[tuple[int, int]]]) -> None:
    drawn = np.array(people)

    weight, micro = bounded(drawn[..., 0], drawn[..., 1] / 10)

    expected = [cell(week) for week in people]
    assert weight.tolist() == [one.weight for one in expected]
    np.testing.assert_allclose(micro, [one.weighted_micro for one in expected], atol=4)


@given(WEEKS, st.integers(1, 3))
def test_leaves_add_up_as_cells_do(people: list[list[tuple[int, int]]], leaves: int) -> None:
    drawn = np.array(people)
    weight, micro = bounded(drawn[..., 0], drawn[..., 1] / 10)
    home = np.arange(len(people)) % leaves
    messages = drawn[..., 0].sum(axis=1)
    week = PersonWeek(
        0, MONDAY, home, messages, weight, micro, micro / 1e6, np.minimum(messages, 1), messages
    )

    found = leaf_week(week, leaves)

    for leaf in range(leaves):
        expected = sum((cell(w) for w, at in zip(people, home, strict=True) if at == leaf), Cell())
        assert found.messages[leaf] == expected.messages
        assert found.contributors[leaf] == expected.contributors
        assert found.with_signal[leaf] == expected.contributors
        assert found.weight[leaf] == expected.weight
        assert found.weight_squares[leaf] == expected.weight_squares
        assert tuple(found.heaviest[leaf].tolist()) == expected.heaviest
        assert abs(found.weighted_micro[leaf] - expected.weighted_micro) <= 4 * len(people)


@pytest.mark.parametrize(("messages", "contributors"), [(2, 0), (3, 1)])
def test_three_messages_make_a_contributor(messages: int, contributors: int) -> None:
    one = np.array([messages])
    week = PersonWeek(0, MONDAY, np.array([0]), one, one, one, np.array([0.0]), one, one)

    assert leaf_week(week, 1).contributors.tolist() == [contributors]
    assert cell([(messages, 0)] + [(0, 0)] * 6).contributors == contributors
