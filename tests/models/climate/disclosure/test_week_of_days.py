"""A unit by the day has a week too: its days added up, and the shares that days never have."""

from __future__ import annotations

from typing import Final

import pytest

from models.climate.cell import Cell
from models.climate.disclosure.release import INDICATORS, ClosedWindow, Release, release
from models.climate.person_day import NO_SIGNALS, PersonDay
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window
from tests.fakes.trees import WEEK, Organisation, Person, tree

K: Final = 10
SIGNAL: Final = INDICATORS[1]
PLAN: Final = {"o": Cadence.DAY, "a": Cadence.WEEK, "b": Cadence.WEEK}
DAYS: Final = WEEK.split(Cadence.DAY)


def units() -> UnitTree:
    return tree({"o": None, "a": "o", "b": "o"}, {"o": 400, "a": 200, "b": 200})


def cell(people: int, inside: int = 0, *, micro: int = 100_000) -> Cell:
    """So many people of three messages each, of whom some are in the signal."""
    return Cell(
        messages=3 * people,
        contributors=people,
        weight=3 * people,
        weighted_micro=3 * people * micro,
        weight_squares=9 * people,
        squares_micro=3 * people * micro * micro // 1_000_000,
        heaviest=(3, 3) if people > 1 else (3 * people, 0),
        signal_contributors=(inside, *NO_SIGNALS[1:]),
    )


def cells(a: int, b: int, inside: int = 0) -> dict[str, Cell]:
    return units().roll_up({"a": cell(a, inside), "b": cell(b, inside, micro=300_000)})


def released(
    window: Window,
    found: dict[str, Cell],
    finer: list[ClosedWindow],
    indicators: tuple[str, ...] = ("valence", SIGNAL),
) -> Release:
    return release(
        tree=units(), plan=PLAN, window=window, cells=found, k=K,
        indicators=indicators, finer=finer,
    )  # fmt: skip


def closed(sizes: list[tuple[int, int]], inside: int = 20) -> list[ClosedWindow]:
    """The days of the week, each with what was published of it."""
    days = []
    for day, (a, b) in zip(DAYS, sizes, strict=True):
        found = cells(a, b, inside if a > inside and b > inside else 0)
        shown = {one.unit: one for one in released(day, found, []).statistics}
        days.append(ClosedWindow(day, found, shown))
    return days


def week(
    sizes: list[tuple[int, int]],
    inside: int = 40,
    indicators: tuple[str, ...] = ("valence", SIGNAL),
) -> tuple[list[ClosedWindow], Release]:
    days = closed(sizes)
    whole = units().roll_up(
        {leaf: sum((day.cells[leaf] for day in days), Cell()) for leaf in ("a", "b")}
    )
    people = {"a": max(a for a, _ in sizes), "b": max(b for _, b in sizes)}
    # Everybody writes on every day that has anybody: as many people as on the fullest day.
    counted = units().roll_up(
        {
            leaf: Cell(
                messages=whole[leaf].messages,
                contributors=people[leaf],
                weight=whole[leaf].weight,
                weighted_micro=whole[leaf].weighted_micro,
                weight_squares=whole[leaf].weight_squares,
                heaviest=(20, 20),
                signal_contributors=(inside, *NO_SIGNALS[1:]),
            )
            for leaf in ("a", "b")
        }
    )
    return days, released(WEEK, counted, days, indicators)


FULL: Final = [(100, 100)] * 5 + [(0, 0)] * 2
WITH_A_THIN_SATURDAY: Final = [(100, 100)] * 5 + [(4, 3), (0, 0)]


@pytest.mark.parametrize("sizes", [FULL, WITH_A_THIN_SATURDAY])
def test_the_week_of_a_unit_by_the_day_is_the_sum_of_its_published_days(
    sizes: list[tuple[int, int]],
) -> None:
    days, found = week(sizes)
    own = {one.unit: one for one in found.statistics}["o"]
    published = [day.released["o"] for day in days if "o" in day.released]

    assert len(published) == 5
    assert own.weight == sum(day.weight for day in published)
    assert own.weighted_micro == sum(day.weighted_micro for day in published)
    assert own.n_eff == max(day.n_eff for day in published)
    assert own.squares_micro == sum(day.squares_micro or 0 for day in published) > 0


def test_a_week_tells_no_valence_that_the_policy_has_taken_back_since_its_days() -> None:
    _, found = week(FULL, indicators=(SIGNAL,))

    assert {(cell.indicator, cell.unit) for cell in found.published} == {
        (SIGNAL, "o"), (SIGNAL, "a"), (SIGNAL, "b"),
    }  # fmt: skip
    assert [one.unit for one in found.statistics if one.has_valence or one.squares_micro] == []


def test_shares_are_told_by_the_week_and_never_by_the_day() -> None:
    days, found = week(FULL)

    assert all(not one.shares for day in days for one in day.released.values())
    assert {one.unit: dict(one.shares) for one in found.statistics} == {
        "o": {SIGNAL: 80}, "a": {SIGNAL: 40}, "b": {SIGNAL: 40},
    }  # fmt: skip


def test_the_share_of_a_daily_unit_keeps_the_two_sides_of_its_children() -> None:
    # Of a and b two people each are in the signal: four of o are too few as well.
    _, found = week(FULL, inside=2)

    assert all(not one.shares for one in found.statistics)


def test_a_week_is_told_no_finer_than_the_one_day_that_it_consists_of() -> None:
    # Twelve people on Monday, whose value has steps of 0.02; nine others on each of two days.
    plan = dict.fromkeys("oab", Cadence.DAY)
    people = [
        Person("a", {DAYS[day].start: PersonDay(3, 3 * 310_000)})
        for day, count in enumerate((12, 9, 9))
        for _ in range(count)
    ]
    organisation = Organisation(units(), plan, people, k=K)
    monday, found = organisation.release(DAYS[0]), organisation.release(WEEK)

    assert {(cell.unit, cell.value, cell.band) for cell in monday.published} == {
        (unit, 0.32, "10-14") for unit in "oa"
    }  # fmt: skip
    assert found.published == ()


def test_a_unit_by_the_day_of_which_too_few_wrote_all_week_has_no_week() -> None:
    _, found = week([(4, 3)] * 7)

    assert found.statistics == ()
    assert "published" not in found.decisions


def test_a_receipt_counts_the_week_of_a_unit_by_the_day_where_it_is_shown() -> None:
    _, found = week(FULL)

    assert found.decisions == {"published": len(found.statistics)} == {"published": 3}
