"""A change that came with an event stands out among the changes around other dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.outcomes.intervention import (
    LEAST_PLACEBOS,
    InterventionEffect,
    intervention_effect,
)
from models.climate.outcomes.prewhitening import Array
from models.climate.windows import Cadence, window_of
from tests.models.climate.outcomes.monthly import BURN_IN, autoregressive

FIRST = date(2024, 1, 1)
WEEKS = 156
EVENT = 100
"""The window of the event; windows after it are after."""
Lines = tuple[list[ReleasedStatistic], list[ReleasedStatistic]]


def day(window: int, cadence: Cadence = Cadence.WEEK) -> date:
    return FIRST + timedelta(days=window * cadence.days + 3)


def lines(
    unit: Sequence[float] | Array, others: Sequence[float] | Array, cadence: Cadence = Cadence.WEEK
) -> Lines:
    """The unit, of weight 100, and the organisation: the unit and 900 of others."""
    history, organisation = [], []
    for number, (own, other) in enumerate(zip(unit, others, strict=True)):
        window = window_of(cadence, day(number, cadence))
        micro = round(100_000_000 * own)
        history.append(ReleasedStatistic("a", window, 100, micro, 40, 40.0))
        everybody = micro + round(900_000_000 * other)
        organisation.append(ReleasedStatistic("o", window, 1_000, everybody, 400, 400.0))
    return history, organisation


def noise(chance: Generator, windows: int, phi: float = 0.3) -> Array:
    return 0.02 * autoregressive(chance.standard_normal((2, windows + BURN_IN)), phi)


def planted(chance: Generator, size: float, windows: int = WEEKS, event: int = EVENT) -> Lines:
    own, others = noise(chance, windows)
    own[event + 1 :] += size
    return lines(own, others)


def found(event: date, both: Lines) -> InterventionEffect:
    result = intervention_effect(event, *both)
    assert result is not None
    return result


def test_a_planted_intervention_is_found() -> None:
    chance = np.random.default_rng(1)
    results = [found(day(EVENT), planted(chance, 0.08)) for _ in range(60)]

    assert np.mean([result.effect for result in results]) == pytest.approx(0.08, abs=0.005)
    assert np.mean([result.p_value <= 0.05 for result in results]) > 0.9
    assert np.mean([result.low <= 0.08 <= result.high for result in results]) > 0.88


def test_its_placebos_are_centred_at_nought() -> None:
    chance = np.random.default_rng(2)
    results = [found(day(EVENT), planted(chance, 0.5)) for _ in range(20)]

    placebos = np.concatenate([result.placebos for result in results])

    assert abs(placebos.mean()) < 0.003
    assert np.abs(placebos).max() < 0.1


def test_where_nothing_happened_little_is_found() -> None:
    chance = np.random.default_rng(3)
    results = [found(day(EVENT), planted(chance, 0.0)) for _ in range(200)]

    share = np.mean([result.p_value <= 0.05 for result in results])
    print(f"{WEEKS} weeks, no intervention: p <= 0.05 in {share:.3f}")

    assert share < 0.08


def test_what_everybody_went_through_is_nobodys_effect() -> None:
    chance = np.random.default_rng(4)
    own, others = noise(chance, WEEKS)
    common = np.where(np.arange(WEEKS) > EVENT, -0.4, 0.0)

    alone, shared = lines(own, others), lines(own + common, others + common)

    assert found(day(EVENT), shared).effect == pytest.approx(found(day(EVENT), alone).effect)


def test_a_large_unit_is_not_its_own_control() -> None:
    own = np.where(np.arange(WEEKS) > EVENT, 0.1, 0.0)

    assert found(day(EVENT), lines(own, np.zeros(WEEKS))).effect == pytest.approx(0.1)


def test_the_window_of_the_event_is_neither_before_nor_after() -> None:
    own = np.zeros(WEEKS)
    own[EVENT] = -1.0
    own[EVENT + 8] = 0.8
    own[EVENT + 9] = own[EVENT - 9] = 0.5

    assert found(day(EVENT), lines(own, np.zeros(WEEKS))).effect == pytest.approx(0.1)


def test_windows_weigh_as_they_were_released() -> None:
    history, organisation = lines(np.zeros(WEEKS), np.zeros(WEEKS))
    heavy = history[EVENT + 1]
    history[EVENT + 1] = ReleasedStatistic("a", heavy.window, 300, 60_000_000, 40, 40.0)
    whole = organisation[EVENT + 1]
    organisation[EVENT + 1] = ReleasedStatistic("o", whole.window, 1_200, 60_000_000, 400, 400.0)

    assert found(day(EVENT), (history, organisation)).effect == pytest.approx(0.2 * 3 / 10)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.03, 0.06]))
def test_the_interval_leaves_out_nought_exactly_where_p_is_at_most_5_percent(
    seed: int, size: float
) -> None:
    result = found(day(EVENT), planted(np.random.default_rng(seed), size))

    assert (result.low > 0 or result.high < 0) == (result.p_value <= 0.05)
    assert result.p_value >= 1 / (1 + len(result.placebos))
    assert result.high - result.effect == pytest.approx(result.effect - result.low)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: Random) -> None:
    history, organisation = planted(np.random.default_rng(5), 0.05)
    shuffled = rng.sample(history, WEEKS), rng.sample(organisation, WEEKS)

    assert found(day(EVENT), shuffled) == found(day(EVENT), (history, organisation))


def test_four_weeks_span_the_same_days_as_weeks() -> None:
    own = np.where(np.arange(52) > 30, 0.1, 0.0)
    both = lines(own, np.zeros(52), Cadence.FOUR_WEEKS)

    result = found(day(30, Cadence.FOUR_WEEKS), both)

    assert result.effect == pytest.approx(0.1)
    # Places 2 to 27 and 33 to 49 have two windows on either side that do not span the event.
    assert len(result.placebos) == 26 + 17
    assert result.p_value == 1 / 44


def test_a_side_with_too_many_gaps_says_nothing() -> None:
    history, organisation = planted(np.random.default_rng(6), 0.1)
    two = [part for place, part in enumerate(history) if place not in {EVENT + 2, EVENT + 5}]
    three = [part for part in two if part.window != history[EVENT + 7].window]
    small = ReleasedStatistic("a", history[EVENT + 7].window, 100, 0, 19, 19.0)

    assert intervention_effect(day(EVENT), two, organisation) is not None
    assert intervention_effect(day(EVENT), three, organisation) is None
    assert intervention_effect(day(EVENT), [*three, small], organisation) is None
    assert intervention_effect(day(EVENT), history, organisation[: EVENT + 5]) is None


def test_too_few_other_dates_say_nothing() -> None:
    # Windows 8 to 8 + 2 * 18, every second, then nine that span the event.
    event = 8 + 2 * LEAST_PLACEBOS + 8
    windows = event + 9

    enough = intervention_effect(
        day(event), *planted(np.random.default_rng(7), 0.1, windows, event)
    )
    earlier = event - 2
    few = intervention_effect(
        day(earlier), *planted(np.random.default_rng(7), 0.1, windows - 2, earlier)
    )

    assert enough is not None
    assert len(enough.placebos) == LEAST_PLACEBOS
    assert few is None


def test_an_event_at_the_edge_or_outside_says_nothing() -> None:
    both = planted(np.random.default_rng(8), 0.1)

    for window in (-3, 0, 7, WEEKS - 8, WEEKS - 1, WEEKS, WEEKS + 40):
        assert intervention_effect(day(window), *both) is None
    assert intervention_effect(day(8), *both) is not None
    assert intervention_effect(day(WEEKS - 9), *both) is not None
    assert intervention_effect(day(EVENT), [], both[1]) is None
    assert intervention_effect(day(0), both[0][:1], both[1]) is None


def test_a_unit_that_is_everybody_has_no_control() -> None:
    history, _ = planted(np.random.default_rng(9), 0.1)

    assert intervention_effect(day(EVENT), history, history) is None


def test_windows_of_several_units_or_cadences_are_refused() -> None:
    history, organisation = planted(np.random.default_rng(10), 0.1)
    blocks, _ = lines(np.zeros(3), np.zeros(3), Cadence.FOUR_WEEKS)

    with pytest.raises(ValueError, match="several"):
        intervention_effect(day(EVENT), [*history, *blocks], organisation)
    with pytest.raises(ValueError, match="several"):
        intervention_effect(day(EVENT), [*history, organisation[0]], organisation)
