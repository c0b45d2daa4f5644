"""Lines that have nothing to do with each other rarely seem to; lines that have, mostly do."""

from __future__ import annotations

import numpy as np
import pytest

from models.climate.outcomes import cross_correlation
from models.climate.outcomes.association import LAGS, Association, association
from models.climate.outcomes.cross_correlation import permutation_p
from models.climate.outcomes.prewhitening import Array, prewhitened
from models.climate.outcomes.series import LEAST_MONTHS, LinesOnly, Reason
from tests.models.climate.outcomes.monthly import pair, related, unrelated


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is as exact with 200 orders, though not as sharp."""
    monkeypatch.setattr(cross_correlation, "PERMUTATIONS", 199)


def found(lines: Array, lags: tuple[int, ...], seed: int = 1) -> float:
    """Share of *lines*, shape ``(lines, 2, months)``, with a p-value below 0.05."""
    chance = np.random.default_rng(seed)
    p = [permutation_p(prewhitened(a), prewhitened(b), lags, chance) for a, b in lines]
    return float(np.mean(np.array(p) < 0.05))


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("months", [36, 60])
@pytest.mark.parametrize("phi", [0.5, 0.8])
def test_unrelated_lines_seem_related_as_rarely_as_promised(months: int, phi: float) -> None:
    lines = unrelated(np.random.default_rng(2), (250, months), phi)

    share = found(lines, LAGS)
    print(f"{months} months, AR {phi}: p < 0.05 in {share:.3f}")

    assert share < 0.08


@pytest.mark.usefixtures("_quick")
def test_lines_that_share_only_their_winters_do_not_seem_related() -> None:
    lines = unrelated(np.random.default_rng(3), (150, 60), 0.5)
    lines += 2 * np.cos(2 * np.pi * np.arange(60) / 12)

    assert found(lines, LAGS) < 0.09


@pytest.mark.usefixtures("_quick")
def test_without_prewhitening_most_would_be_false() -> None:
    chance = np.random.default_rng(4)
    lines = unrelated(chance, (100, 60), 0.8)

    p = np.array([permutation_p(a, b, LAGS, chance) for a, b in lines])

    assert np.mean(p < 0.05) > 0.3


@pytest.mark.usefixtures("_quick")
def test_an_association_two_months_apart_is_found_most_of_the_time() -> None:
    lines = related(np.random.default_rng(5), (150, 60), 0.5, lag=2, strength=0.5)

    share, registered = found(lines, LAGS), found(lines, (2,))
    print(f"60 months, lag 2, 0.5: found in {share:.2f}, registered {registered:.2f}")

    assert share > 0.7
    assert registered > share


def test_its_lag_size_and_interval_are_told() -> None:
    lines = related(np.random.default_rng(6), (40, 60), 0.5, lag=2, strength=0.5)
    chance = np.random.default_rng(7)

    results = [association(pair(a, b), registered_lag=None, chance=chance) for a, b in lines]
    some = [result for result in results if isinstance(result, Association)]
    right = [result for result in some if result.lag == 2]

    assert len(some) == 40
    assert len(right) > 30
    assert np.mean([result.coefficient for result in right]) == pytest.approx(0.5, abs=0.05)
    assert np.mean([result.low <= 0.5 <= result.high for result in right]) > 0.9
    assert {result.lags for result in some} == {LAGS}
    assert {result.months for result in some} == {60}
    assert all(60 - 3 - 2 <= result.pairs <= 60 - 2 for result in right)


@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_the_interval_at_a_registered_lag_holds_the_truth(strength: float) -> None:
    lines = related(np.random.default_rng(8), (80, 48), 0.5, lag=2, strength=strength)
    chance = np.random.default_rng(9)

    results = [association(pair(a, b), registered_lag=2, chance=chance) for a, b in lines]
    held = [isinstance(r, Association) and r.low <= strength <= r.high for r in results]
    print(f"48 months, {strength}: interval holds the truth in {np.mean(held):.2f}")

    assert np.mean(held) > 0.88


def test_the_climate_comes_first() -> None:
    climate, business = related(np.random.default_rng(10), (1, 90), 0.3, lag=3, strength=0.9)[0]
    chance = np.random.default_rng(11)

    ahead = association(pair(climate, business), registered_lag=3, chance=chance)
    behind = association(pair(business, climate), registered_lag=3, chance=chance)

    assert isinstance(ahead, Association)
    assert isinstance(behind, Association)
    assert ahead.coefficient > 0.7
    assert abs(behind.coefficient) < 0.3


def test_scale_and_sign_carry_over() -> None:
    a, b = related(np.random.default_rng(12), (1, 48), 0.5, lag=1, strength=0.6)[0]

    one = association(pair(a, b), registered_lag=1, chance=np.random.default_rng(1))
    other = association(
        pair(0.01 * a, 5 - 300 * b), registered_lag=1, chance=np.random.default_rng(1)
    )

    assert isinstance(one, Association)
    assert isinstance(other, Association)
    assert other.coefficient == pytest.approx(-one.coefficient)
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
    assert other.p_value == one.p_value


@pytest.mark.parametrize("registered_lag", [None, 2])
def test_below_36_months_there_is_no_coefficient(registered_lag: int | None) -> None:
    a, b = related(np.random.default_rng(13), (1, LEAST_MONTHS), 0.5, lag=2, strength=0.9)[0]
    chance = np.random.default_rng(1)

    short = association(pair(a[1:], b[1:]), registered_lag=registered_lag, chance=chance)

    assert short == LinesOnly(("a",), LEAST_MONTHS - 1, Reason.FEW_MONTHS)
    assert not hasattr(short, "coefficient")
    assert isinstance(
        association(pair(a, b), registered_lag=registered_lag, chance=chance), Association
    )


def test_months_with_a_gap_do_not_count() -> None:
    a, b = unrelated(np.random.default_rng(14), (1, 44), 0.5)[0]
    a[[3, 20]], b[[12, 30]] = np.nan, np.nan
    few, many = pair(a[:39], b[:39]), pair(a, b)
    chance = np.random.default_rng(1)

    assert association(few, registered_lag=2, chance=chance) == LinesOnly(
        ("a",), 35, Reason.FEW_MONTHS
    )
    result = association(many, registered_lag=2, chance=chance)
    assert isinstance(result, Association)
    assert result.months == 40
    assert result.pairs < 40


def test_lines_in_pieces_have_no_coefficient() -> None:
    a, b = unrelated(np.random.default_rng(15), (1, 52), 0.5)[0]
    a[4::5] = np.nan

    result = association(pair(a, b), registered_lag=None, chance=np.random.default_rng(1))

    assert result == LinesOnly(("a",), 42, Reason.MANY_GAPS)


def test_gaps_that_leave_few_pairs_leave_no_coefficient() -> None:
    # A line with a long memory loses four months to every gap.
    a, b = unrelated(np.random.default_rng(1), (1, 40), 0.5)[0]
    for month in range(3, 40):
        a[month] += 0.9 * a[month - 3]
        b[month] += 0.9 * b[month - 3]
    a[[8, 26]], b[[17, 33]] = np.nan, np.nan
    chance = np.random.default_rng(1)

    assert association(pair(a, b), registered_lag=None, chance=chance) == LinesOnly(
        ("a",), 36, Reason.MANY_GAPS
    )


@pytest.mark.parametrize("line", [np.full(48, 0.3), np.arange(48.0), np.zeros(48)])
def test_a_line_that_holds_nothing_new_has_no_coefficient(line: Array) -> None:
    chance = np.random.default_rng(16)
    other = chance.standard_normal(48)

    for both in (pair(line, other), pair(other, line)):
        assert association(both, registered_lag=None, chance=chance) == LinesOnly(
            ("a",), 48, Reason.NOTHING_LEFT
        )


@pytest.mark.parametrize("lag", [-1, 7])
def test_a_lag_outside_the_seven_is_refused(lag: int) -> None:
    with pytest.raises(ValueError, match="0 to 6"):
        association(
            pair(np.zeros(0), np.zeros(0)), registered_lag=lag, chance=np.random.default_rng()
        )
