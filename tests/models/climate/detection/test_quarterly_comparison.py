"""At the end of a quarter the lowest published units are compared, no finer than published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.comparison import Standing, compare, variance_between
from models.climate.detection.quarterly_comparison import as_told, comparable, lowest, weeks_in
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, blocks_of, four_weeks_of, quarter_of
from tests.fakes.quarter import LOWEST, PARENTS, QUARTER, released

BLOCKS = blocks_of(QUARTER)
WEEKS = [week for block in BLOCKS for week in block.split(Cadence.WEEK)]
TREE = UnitTree(Unit(unit, parent, 100) for unit, parent in PARENTS.items())


def weeks_of(
    unit: str, *, seed: int = 1, off: float = 0.0, people: int = 30
) -> list[ReleasedStatistic]:
    return [released(unit, week, seed, off=off, people=people) for week in WEEKS]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_quarter_is_all_blocks_that_begin_in_it(day: date) -> None:
    quarter = quarter_of(day)
    blocks = blocks_of(quarter)

    assert four_weeks_of(day) in blocks
    assert {quarter_of(block.start) for block in blocks} == {quarter}
    assert quarter_of(blocks[0].start - timedelta(days=1)) != quarter
    assert quarter_of(blocks[-1].end_exclusive) != quarter
    assert all(a.end_exclusive == b.start for a, b in pairwise(blocks))


@pytest.mark.parametrize(("missing", "found"), [(0, {"d9"}), (4, {"d9"}), (5, set()), (16, set())])
def test_a_unit_counts_that_was_released_in_three_quarters_of_the_weeks(
    missing: int, found: set[str]
) -> None:
    assert len(weeks_in(WEEKS)) == 16
    assert set(comparable(weeks_of("d9")[missing:], [*WEEKS, *BLOCKS])) == found


def test_of_two_lengths_the_one_that_reaches_further_counts_and_never_both() -> None:
    months = [released("d9", block, 1) for block in BLOCKS]

    assert comparable([*weeks_of("d9")[1:], *months], WEEKS)["d9"] == months
    assert comparable([*weeks_of("d9"), *months[1:]], WEEKS)["d9"] == weeks_of("d9")
    assert comparable([*weeks_of("d9"), *months], WEEKS)["d9"] == months


def test_a_day_stands_for_its_week() -> None:
    days = [released("d9", week.split(Cadence.DAY)[2], 1) for week in WEEKS]

    assert comparable(days, WEEKS)["d9"] == days


def test_nobody_is_in_two_of_the_units_that_are_compared() -> None:
    parts = {unit: weeks_of(unit) for unit in PARENTS}

    assert tuple(lowest(parts, TREE)) == LOWEST
    del parts["d0.t0"], parts["d0.t1"], parts["d0.t2"], parts["d0.t3"]
    assert tuple(lowest(parts, TREE)) == ("d0", "d1.t0", "d1.t1", "d1.t2", "d1.t3", "d9")


@given(st.integers(0, 999), st.sampled_from([12, 24, 25, 60]))
def test_what_is_told_is_no_finer_than_what_is_published_and_holds_the_exact_interval(
    seed: int, people: int
) -> None:
    parts = {f"t{n}": weeks_of(f"t{n}", seed=seed, people=people) for n in range(5)}
    statistics = [one for unit in parts for one in parts[unit]]
    exact = compare(statistics, variance_between(statistics))
    steps = 100 if people >= 25 else 50

    for told, true in zip(as_told(parts), exact, strict=True):
        assert (told.unit, told.standing) == (true.unit, true.standing)
        assert told.estimate * steps == pytest.approx(round(told.estimate * steps), abs=1e-9)
        assert abs(told.estimate - true.estimate) <= 0.5 / steps + 1e-9
        assert told.low <= true.low + 1e-9 < true.high - 1e-9 <= told.high
        assert told.high - told.low <= true.high - true.low + 2 * (0.01 + 1 / steps)


def test_a_unit_that_was_small_in_one_window_is_as_coarse_as_there() -> None:
    parts = {f"t{n}": weeks_of(f"t{n}") for n in range(5)}
    parts["t0"][3] = replace(parts["t0"][3], contributors=24)

    first, *_ = as_told(parts)

    assert (first.estimate * 50) == pytest.approx(round(first.estimate * 50))


def test_three_units_or_people_who_are_all_alike_say_nothing() -> None:
    parts = {f"t{n}": weeks_of(f"t{n}") for n in range(3)}
    alike = {
        f"t{n}": [ReleasedStatistic(f"t{n}", week, 100, 0, 10, 10.0, 0) for week in WEEKS]
        for n in range(5)
    }

    assert as_told(parts) == as_told(alike) == ()


def test_over_a_quarter_chance_alone_tells_next_to_nothing_apart_and_a_difference_is_found() -> (
    None
):
    errors, found, wrong, others = 0, 0, 0, 0
    for seed in range(60):
        calm = {f"t{n:02}": weeks_of(f"t{n:02}", seed=seed) for n in range(30)}
        errors += any(one.standing is not Standing.INDISTINGUISHABLE for one in as_told(calm))
        calm["t00"] = weeks_of("t00", seed=seed, off=-0.06)
        first, *rest = as_told(calm)
        found += first.standing is Standing.BELOW
        wrong += sum(one.standing is not Standing.INDISTINGUISHABLE for one in rest)
        others += len(rest)
    print(
        f"30 units, a quarter: some told apart in {errors} of 60 without differences; one that is "
        f"0.06 lower found in {found} of 60, {wrong} of {others} others with it"
    )
    assert errors <= 12
    assert found >= 54
    assert wrong <= 0.1 * (found + wrong) + 3
