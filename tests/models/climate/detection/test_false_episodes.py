"""How often chance alone is taken for a change is counted, with its uncertainty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped] # ships no types

from models.climate.detection.false_episodes import FalseEpisodes, false_episodes
from tests.models.climate.detection.organisations import CHANCE, UNITS, noisy, panel


def counted(threshold: float, seed: int = 5, repetitions: int = 10) -> FalseEpisodes:
    return false_episodes(
        panel(noisy(63, seed=0)),
        UNITS,
        CHANCE,
        threshold=threshold,
        repetitions=repetitions,
        generator=np.random.default_rng(seed),
        progress=lambda _: None,
    )


@given(st.integers(0, 500), st.floats(0.5, 500))
def test_the_interval_is_the_exact_one_of_a_count(count: int, years: float) -> None:
    found = FalseEpisodes(count, years)
    low, high = found.interval

    assert low <= found.rate <= high
    assert stats.poisson.cdf(count, high * years) == pytest.approx(0.025, abs=1e-6)
    if count:
        assert stats.poisson.sf(count - 1, low * years) == pytest.approx(0.025, abs=1e-6)


def test_years_are_those_in_which_anything_is_judged() -> None:
    assert counted(4.0).years == 10 * (63 - 11) / 52


def test_a_higher_threshold_has_fewer_and_the_same_chance_the_same() -> None:
    counts = [counted(threshold).count for threshold in (2.5, 3.0, 4.0)]

    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    assert counted(3.0) == counted(3.0)
    assert counted(2.5) != counted(2.5, seed=6)


def test_nothing_judged_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing was judged"):
        counted(4.0, repetitions=0)
