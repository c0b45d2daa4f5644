"""A share is shown where enough people are in it and enough are not."""

from __future__ import annotations

import pytest

from models.climate.cell import Cell
from models.climate.disclosure.two_sided import SHARES, numerator, two_sided
from models.climate.person_day import NO_DRIVERS, NO_SIGNALS
from models.language.labels import Driver, Signal


def cell(contributors: int, inside: int) -> Cell:
    return Cell(
        contributors=contributors,
        signal_contributors=(*NO_SIGNALS[1:], inside),
        driver_contributors=(inside, *NO_DRIVERS[1:]),
    )


@pytest.mark.parametrize("indicator", [Signal.COMMITMENT, "driver_workload"])
@pytest.mark.parametrize(
    ("contributors", "inside", "expected"),
    [(10, 5, True), (10, 4, False), (10, 6, False), (9, 5, False), (50, 0, False), (50, 50, False)],
)
def test_both_sides_count(
    indicator: str, contributors: int, inside: int, *, expected: bool
) -> None:
    assert two_sided(cell(contributors, inside), indicator) is expected


def test_shares_are_the_signals_then_the_drivers_then_the_hours() -> None:
    signals = Cell(signal_contributors=tuple(range(len(Signal))))
    drivers = Cell(driver_contributors=tuple(range(len(Driver))))

    assert len(SHARES) == len(Signal) + len(Driver) + 1
    assert [numerator(signals, signal) for signal in Signal] == [*range(len(Signal))]
    assert [numerator(drivers, f"driver_{d}") for d in Driver] == [*range(len(Driver))]
    assert numerator(Cell(after_hours_contributors=7), "after_hours") == 7


def test_anything_else_is_no_share() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        numerator(Cell(), "valence")
