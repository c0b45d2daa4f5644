"""A drop is what a unit lost and everybody else did not."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.drop import change
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence, four_weeks_of
from tests.fakes.trees import MONDAY

BLOCKS = (four_weeks_of(MONDAY), four_weeks_of(four_weeks_of(MONDAY).end_exclusive))
WEEKS = [week for block in BLOCKS for week in block.split(Cadence.WEEK)]
valences = st.lists(st.floats(-1, 1), min_size=4, max_size=8)


def series(
    values: Sequence[float], *, unit: str = "a", weight: int = 100, n: int = 40
) -> list[ReleasedStatistic]:
    return [
        ReleasedStatistic(unit, week, weight, round(weight * value * 1_000_000), n, float(n))
        for week, value in zip(WEEKS, values, strict=False)
    ]


def whole(unit: Sequence[ReleasedStatistic], others: Sequence[float]) -> list[ReleasedStatistic]:
    """The organisation: the unit and nine times its weight of others."""
    return [
        ReleasedStatistic(
            "o", part.window, 1_000, part.weighted_micro + round(900_000_000 * other), 400, 400.0
        )
        for part, other in zip(unit, others, strict=True)
    ]


def test_a_drop_of_the_unit_alone_is_its_own() -> None:
    unit = series([0.2, 0.3, 0.2, 0.3, 0.1])

    found = change(unit, whole(unit, [0.2] * 5))

    assert found == pytest.approx(-0.15)


def test_what_everybody_lost_is_nobodys_drop() -> None:
    unit = series([0.2, 0.2, 0.2, 0.2, 0.0])

    assert change(unit, whole(unit, [0.3, 0.3, 0.3, 0.3, 0.1])) == pytest.approx(0)


def test_a_unit_is_not_compared_with_itself() -> None:
    unit = series([0.5, 0.5, 0.5, 0.5, -0.5], weight=900)

    assert change(unit, whole(unit, [0.0] * 5)[:0]) is None
    assert change(unit, [
        ReleasedStatistic("o", part.window, 1_000, part.weighted_micro, 400, 400.0) for part in unit
    ]) == pytest.approx(-1)  # fmt: skip


def test_only_the_four_windows_before_are_usual() -> None:
    unit = series([-1.0, -1.0, 0.1, 0.1, 0.1, 0.1, 0.0])

    assert change(unit, whole(unit, [0.0] * 7)) == pytest.approx(-0.1)


@given(valences, st.randoms(use_true_random=False))
def test_order_does_not_matter(values: list[float], rng: Random) -> None:
    unit = series(values)
    organisation = whole(unit, [0.1] * len(values))

    shuffled = rng.sample(unit, len(unit)), rng.sample(organisation, len(organisation))

    assert change(*shuffled) == change(unit, organisation)


def test_a_window_that_was_withheld_is_no_window() -> None:
    unit = series([0.2] * 3 + [0.9, 0.2, 0.1])
    organisation = whole(unit, [0.0] * 6)

    assert change([*unit[:3], *unit[4:]], organisation) == pytest.approx(-0.1)


def test_too_little_says_nothing() -> None:
    unit = series([0.2] * 5)
    organisation = whole(unit, [0.2] * 5)
    small = [*unit[:4], ReleasedStatistic("a", WEEKS[4], 100, 0, 19, 19.0)]

    assert change([], organisation) is None
    assert change(unit[:3], organisation) is None
    assert change(unit[:4], organisation) == pytest.approx(0)
    assert change(unit, organisation[:4]) is None
    assert change(small, organisation) is None


def test_a_unit_that_is_everybody_has_no_others() -> None:
    unit = series([0.2] * 5)

    assert change(unit, unit) is None
