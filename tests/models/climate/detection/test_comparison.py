"""Of units side by side only clear differences are told, and no ranks."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.comparison import (
    Compared,
    Standing,
    compare,
    compare_released,
    variance_between,
)
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Window
from tests.fakes.trees import FOUR_WEEKS, WEEKS

Statistics = list[ReleasedStatistic]

PERSON = 0.12
"""Standard deviation between people, of the order that the noise of teams has."""


def organisation(
    seed: int, *, units: int = 30, spread: float = 0.0, planted: float = 0.0
) -> tuple[list[ReleasedStatistic], dict[str, float]]:
    """Four weeks of teams of equal weights, the first off by *planted*."""
    generator = np.random.default_rng(seed)
    statistics, variance = [], {}
    for number in range(units):
        size = 40 if number == 0 else int(generator.integers(10, 60))
        own = spread * generator.standard_normal() + (planted if number == 0 else 0.0)
        people = generator.normal(0.1 + own, PERSON, size)
        unit = f"t{number:02}"
        micro = round(people.mean() * 80 * size * 1_000_000)
        statistics.append(ReleasedStatistic(unit, FOUR_WEEKS, 80 * size, micro, size, float(size)))
        variance[unit] = float(people.var(ddof=1))
    return statistics, variance


def different(found: tuple[Compared, ...]) -> set[str]:
    return {one.unit for one in found if one.standing is not Standing.INDISTINGUISHABLE}


@pytest.mark.parametrize(("by", "standing"), [(-0.12, Standing.BELOW), (0.12, Standing.ABOVE)])
def test_a_unit_that_clearly_differs_is_told_apart(by: float, standing: Standing) -> None:
    first, *others = compare(*organisation(2, planted=by))

    assert first.standing is standing
    assert different(tuple(others)) == set()
    assert first.low < first.estimate < first.high
    assert np.sign(first.estimate - 0.1) == np.sign(by)


def test_where_nothing_differs_next_to_nothing_is_told() -> None:
    months = [different(compare(*organisation(seed))) for seed in range(200)]

    errors = sum(bool(month) for month in months)
    print(f"some unit told apart in {errors} of 200 months without differences")
    assert 5 <= errors <= 30


def test_of_those_told_apart_at_most_a_tenth_lies_on_the_other_side() -> None:
    wrong = told = 0
    for seed in range(60):
        statistics, variance = organisation(seed, spread=0.05)
        told_apart = [o for o in compare(statistics, variance) if o.unit in different((o,))]
        told += len(told_apart)
        true = _true_side(seed)
        wrong += sum((one.standing is Standing.ABOVE) != true[one.unit] for one in told_apart)

    print(f"{told} told apart in 60 months, {wrong} on the wrong side")
    assert told > 60
    assert wrong <= 0.1 * told


def _true_side(seed: int) -> dict[str, bool]:
    """Whether each unit of ``organisation(seed, spread=0.05)`` is truly above the mean."""
    generator = np.random.default_rng(seed)
    own = {}
    for number in range(30):
        size = 40 if number == 0 else int(generator.integers(10, 60))
        own[f"t{number:02}"] = 0.05 * generator.standard_normal()
        generator.normal(0.0, 1.0, size)
    centre = np.mean(list(own.values()))
    return {unit: bool(value > centre) for unit, value in own.items()}


@given(st.randoms(use_true_random=False))
def test_order_does_not_matter_and_names_order_the_answer(rng: Random) -> None:
    statistics, variance = organisation(3, planted=-0.1)

    found = compare(rng.sample(statistics, len(statistics)), variance)

    assert found == compare(statistics, variance)
    assert [one.unit for one in found] == sorted(variance)


def released(unit: str, weeks: list[list[float]], window: Window = FOUR_WEEKS) -> Statistics:
    """People of ten messages a week each, one window a week, or one window of them all."""
    windows = WEEKS[: len(weeks)] if len(weeks) > 1 else (window,)
    return [
        ReleasedStatistic(
            unit, at, 10 * len(people), round(sum(people) * 10_000_000), len(people),
            float(len(people)), round(sum(v * v for v in people) * 10_000_000),
        )
        for at, people in zip(windows, weeks, strict=True)
    ]  # fmt: skip


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=40))
def test_the_variance_between_people_comes_from_released_sums(people: list[float]) -> None:
    found = variance_between(released("a", [people]))

    assert found["a"] == pytest.approx(float(np.var(people, ddof=1)), abs=1e-5)


@given(st.integers(0, 9_999))
def test_over_several_weeks_the_variance_is_never_too_small(seed: int) -> None:
    generator = np.random.default_rng(seed)
    weeks = generator.uniform(-1, 1, (4, 12))

    found = variance_between(released("a", weeks.tolist()))

    assert found["a"] >= float(weeks.mean(axis=0).var(ddof=1)) - 1e-5


def test_released_sums_tell_apart_what_the_people_themselves_would() -> None:
    generator = np.random.default_rng(7)
    people = {
        f"t{n}": generator.normal(0.1 if n == 0 else 0.0, 0.1, 30).tolist() for n in range(30)
    }
    statistics = [one for unit, each in people.items() for one in released(unit, [each])]

    found = compare_released(statistics)

    variance = {unit: float(np.var(each, ddof=1)) for unit, each in people.items()}
    assert [one.standing for one in found] == [
        one.standing for one in compare(statistics, variance)
    ]
    assert different(found) == {"t0"}


def test_a_unit_whose_squares_were_not_kept_is_left_out_and_the_others_are_not() -> None:
    generator = np.random.default_rng(8)
    weeks = {f"t{n}": generator.normal(0, 0.1, (2, 20)).tolist() for n in range(5)}
    statistics = [one for unit, each in weeks.items() for one in released(unit, each)]
    older = [replace(statistics[0], squares_micro=None), *statistics[1:]]

    assert [one.unit for one in compare_released(older)] == ["t1", "t2", "t3", "t4"]


def test_what_cannot_be_compared_is_refused() -> None:
    statistics, variance = organisation(4, units=4)
    alone = ReleasedStatistic("t09", FOUR_WEEKS, 80, 0, 1, 1.0)

    with pytest.raises(ValueError, match="fewer than 4"):
        compare(statistics[:3], variance)
    with pytest.raises(ValueError, match="one person"):
        compare([*statistics, alone], variance | {"t09": 0.0})
    with pytest.raises(ValueError, match="do not differ"):
        compare(statistics, dict.fromkeys(variance, 0.0))
    with pytest.raises(ValueError, match="overlap"):
        compare([*statistics, statistics[0]], variance)
    with pytest.raises(KeyError):
        compare(statistics, {})
