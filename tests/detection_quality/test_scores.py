"""Figures and their intervals, beside textbooks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest  # type: ignore[import-untyped] # ships no types

from tests.detection_quality.claims import Claim, Kind, Observation, Target, at_least, at_most
from tests.detection_quality.scores import score


def claim(kind: Kind, target: Target | None = None) -> Claim:
    return Claim("a claim", kind, target)


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (7, 10), (10, 10), (93, 120)])
def test_a_share_has_the_exact_interval(hits: int, trials: int) -> None:
    one = score(claim(Kind.SHARE), [Observation(float(n < hits)) for n in range(trials)])

    exact = binomtest(hits, trials).proportion_ci(method="exact")
    assert one.value == hits / trials
    assert (one.low, one.high) == pytest.approx((exact.low, exact.high))


def test_no_event_in_ten_years_may_be_one_in_three() -> None:
    one = score(claim(Kind.RATE), [Observation(0, 1)] * 10)

    assert (one.value, one.low) == (0, 0)
    assert one.high == pytest.approx(0.369, abs=0.001)


def test_the_interval_of_a_rate_holds_it_as_often_as_it_says() -> None:
    generator = np.random.default_rng(1)
    scores = [
        score(claim(Kind.RATE), [Observation(generator.poisson(0.8), 1.0) for _ in range(20)])
        for _ in range(400)
    ]

    held = np.mean([one.low <= 0.8 <= one.high for one in scores])

    assert 0.94 <= held <= 0.99


def test_a_median_may_be_never() -> None:
    values = [3.0, 4.0, math.inf, math.inf, math.inf]

    one = score(claim(Kind.MEDIAN), [Observation(value) for value in values])

    assert one.value == math.inf
    assert one.low <= 4


def test_a_mean_has_its_standard_error() -> None:
    one = score(claim(Kind.MEAN), [Observation(float(n % 2)) for n in range(400)])

    assert one.value == 0.5
    assert one.high - one.value == pytest.approx(1.96 * 0.5 / 20, rel=0.01)


@pytest.mark.parametrize(
    ("target", "hits", "verdict"),
    [
        (at_least(0.5), 90, "met"),
        (at_least(0.85), 90, "met?"),
        (at_least(0.95), 90, "missed?"),
        (at_least(0.99), 90, "missed"),
        (at_most(0.5), 90, "missed"),
        (Target(0.6, 0.99), 90, "met"),
        (Target(0.87, 0.93), 90, "met?"),
    ],
)
def test_a_verdict_says_whether_chance_could_have_it_otherwise(
    target: Target, hits: int, verdict: str
) -> None:
    one = score(claim(Kind.SHARE, target), [Observation(float(n < hits)) for n in range(100)])

    assert one.verdict == verdict


def test_an_interval_around_the_whole_target_is_uncertain() -> None:
    one = score(claim(Kind.SHARE, Target(0.2, 0.3)), [Observation(1.0), Observation(0.0)])

    assert one.verdict == "missed?"


def test_nothing_observed_is_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing was observed"):
        score(claim(Kind.MEAN), [])
