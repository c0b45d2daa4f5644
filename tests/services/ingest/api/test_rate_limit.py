"""A bucket a key."""

from __future__ import annotations

import pytest

from services.ingest.api.rate_limit import RateLimit


@pytest.fixture
def time() -> list[float]:
    return [0.0]


@pytest.fixture
def limit(time: list[float]) -> RateLimit:
    return RateLimit(10, 20, lambda: time[0])


def test_a_burst_passes_and_the_next_waits(limit: RateLimit, time: list[float]) -> None:
    assert limit.take("a", 20) == 0
    assert limit.take("a", 15) == 2
    time[0] = 1.5

    assert limit.take("a", 15) == 0


def test_one_key_does_not_use_up_anothers_bucket(limit: RateLimit) -> None:
    limit.take("a", 20)

    assert limit.take("b", 20) == 0


def test_what_is_larger_than_the_bucket_passes_when_it_is_full_and_is_paid_for(
    limit: RateLimit, time: list[float]
) -> None:
    assert limit.take("a", 50) == 0
    assert limit.take("a", 1) == 4
    time[0] = 3.1

    assert limit.take("a", 1) == 0
