"""Over several units, what all share and what is lasting in each is in no coefficient."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.climate.outcomes import panel
from models.climate.outcomes.panel import LEAST_UNITS, PanelAssociation, panel_association
from models.climate.outcomes.prewhitening import Array
from models.climate.outcomes.series import LEAST_MONTHS, LinesOnly, MonthlyPair, Reason
from tests.models.climate.outcomes.monthly import pair, related, unrelated

MONTHS = 48


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "RESAMPLES", 199)


def pairs(lines: Array) -> list[MonthlyPair]:
    return [pair(a, b, unit=f"u{number:02}") for number, (a, b) in enumerate(lines)]


def judged(both: list[MonthlyPair], lag: int = 0, seed: int = 1) -> PanelAssociation:
    result = panel_association(both, registered_lag=lag, chance=np.random.default_rng(seed))
    assert isinstance(result, PanelAssociation)
    return result


def partial(lines: Array) -> float:
    """Correlation of what two regressions on dummies of units and months leave."""
    units, _, months = lines.shape
    unit, month = np.divmod(np.arange(units * months), months)
    dummies = np.column_stack([unit[:, None] == range(units), month[:, None] == range(months)])
    climate, business = lines[:, 0].ravel(), lines[:, 1].ravel()
    known = np.isfinite(climate + business)
    design = dummies[known].astype(float)
    left = [
        line[known] - design @ np.linalg.lstsq(design, line[known], rcond=None)[0]
        for line in (climate, business)
    ]
    return float(np.corrcoef(*left)[0, 1])


@pytest.mark.parametrize("gaps", [0, 30])
def test_the_coefficient_is_that_of_a_regression_on_dummies(gaps: int) -> None:
    chance = np.random.default_rng(2)
    lines = related(chance, (12, MONTHS), 0.5, lag=0, strength=0.4)
    lines.reshape(-1)[chance.choice(lines.size, gaps, replace=False)] = np.nan

    assert judged(pairs(lines)).coefficient == pytest.approx(partial(lines))


def test_a_drawn_unit_counts_as_often_as_it_is_drawn() -> None:
    lines = related(np.random.default_rng(3), (10, MONTHS), 0.5, lag=0, strength=0.4)
    lines[4, 1, 20:30] = np.nan
    draws = np.array([[2, 1, 0, 3, 1, 0, 0, 1, 1, 1]])

    within = panel._within(lines[:, 0], lines[:, 1], draws.astype(float))  # noqa: SLF001  the resample

    assert within[0] == pytest.approx(partial(np.repeat(lines, draws[0], axis=0)))


def test_what_is_lasting_or_common_is_nobodys() -> None:
    chance = np.random.default_rng(4)
    lines = unrelated(chance, (12, MONTHS), 0.5)
    common = chance.standard_normal(MONTHS).cumsum()
    lasting = chance.standard_normal((12, 1, 1))

    assert judged(pairs(lines + 5 * common + 5 * lasting)).coefficient == pytest.approx(
        judged(pairs(lines)).coefficient
    )


@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_the_interval_mostly_holds_the_truth(strength: float) -> None:
    chance = np.random.default_rng(5)
    results = [
        judged(pairs(related(chance, (16, MONTHS), 0.8, lag=0, strength=strength)), seed=seed)
        for seed in range(30)
    ]

    held = np.mean([result.low <= strength <= result.high for result in results])
    print(f"16 units, {MONTHS} months, {strength}: interval holds the truth in {held:.2f}")

    assert held >= 0.86


def test_the_climate_comes_first() -> None:
    lines = related(np.random.default_rng(6), (16, MONTHS), 0.0, lag=2, strength=0.5)

    assert judged(pairs(lines), lag=2).low > 0.3
    assert judged(pairs(lines[:, ::-1]), lag=2).low < 0.1
    assert judged(pairs(lines), lag=2).pairs == 16 * (MONTHS - 2)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: Random) -> None:
    both = pairs(unrelated(np.random.default_rng(7), (10, 40), 0.5))

    assert judged(rng.sample(both, 10)) == judged(both)


def test_units_need_not_span_the_same_months() -> None:
    both = pairs(unrelated(np.random.default_rng(8), (12, MONTHS), 0.5))
    late = both[0]
    both[0] = MonthlyPair(late.unit, late.months[5:], late.climate[5:], late.business[5:])

    assert judged(both).months == MONTHS
    assert judged(both).pairs == 12 * MONTHS - 5


def test_a_short_unit_is_left_out_and_few_units_have_no_coefficient() -> None:
    lines = unrelated(np.random.default_rng(9), (LEAST_UNITS + 1, MONTHS), 0.5)
    lines[0, 0, LEAST_MONTHS - 1 :] = np.nan
    chance = np.random.default_rng(1)

    few = panel_association(pairs(lines)[:-1], registered_lag=0, chance=chance)

    assert "u00" not in judged(pairs(lines)).units
    assert few == LinesOnly(
        tuple(f"u{number:02}" for number in range(LEAST_UNITS)), LEAST_MONTHS - 1, Reason.FEW_UNITS
    )
    assert panel_association([], registered_lag=0, chance=chance) == LinesOnly(
        (), 0, Reason.FEW_UNITS
    )


@pytest.mark.parametrize("line", [0.3, np.linspace(0, 1, MONTHS)])
def test_lines_that_only_move_together_have_no_coefficient(line: float | Array) -> None:
    lines = unrelated(np.random.default_rng(10), (12, MONTHS), 0.5)
    lines[:, 1] = line + np.arange(12)[:, None]
    chance = np.random.default_rng(1)

    result = panel_association(pairs(lines), registered_lag=0, chance=chance)

    assert isinstance(result, LinesOnly)
    assert result.reason is Reason.NOTHING_LEFT


def test_a_unit_comes_once_and_a_lag_is_one_of_the_seven() -> None:
    both = pairs(unrelated(np.random.default_rng(11), (12, MONTHS), 0.5))
    chance = np.random.default_rng(1)

    with pytest.raises(ValueError, match="twice"):
        panel_association([*both, replace(both[0])], registered_lag=0, chance=chance)
    with pytest.raises(ValueError, match="0 to 6"):
        panel_association(both, registered_lag=7, chance=chance)
