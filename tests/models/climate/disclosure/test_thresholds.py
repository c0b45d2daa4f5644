"""The dominance rules at their edges."""

from __future__ import annotations

import pytest

from models.climate.cell import Cell
from models.climate.disclosure.thresholds import Primary, primary


def cell(contributors: int, weight: int, heaviest: tuple[int, int]) -> Cell:
    return Cell(contributors=contributors, weight=weight, heaviest=heaviest)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(cell(9, 40, (4, 4)), Primary.TOO_FEW, id="one below k"),
        pytest.param(cell(10, 40, (10, 6)), Primary.PASSES, id="exactly 25 and 40 per cent"),
        pytest.param(cell(10, 40, (11, 4)), Primary.DOMINATED_BY_ONE, id="one above 25"),
        pytest.param(cell(10, 40, (9, 8)), Primary.DOMINATED_BY_TWO, id="two above 40"),
        pytest.param(Cell(), Primary.TOO_FEW, id="nobody"),
    ],
)
def test_dominance(found: Cell, expected: Primary) -> None:
    assert primary(found, k=10) is expected


def test_no_policy_goes_below_the_floor() -> None:
    with pytest.raises(ValueError, match="at least 5"):
        primary(Cell(), k=4)
