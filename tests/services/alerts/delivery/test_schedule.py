"""What an answer means, and when the next attempt is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.delivery.schedule import (
    ATTEMPTS,
    STEPS,
    Answer,
    Outcome,
    Trouble,
    asked_for,
    next_wait,
    outcome,
)
from services.telemetry.metrics import delivery as metrics

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
STATUSES = {
    Outcome.DELIVERED: (200, 201, 202, 204, 299),
    Outcome.REDIRECT: (300, 301, 302, 303, 307, 308),
    Outcome.RECEIVER_ERROR: (400, 401, 403, 404, 405, 409, 413, 415, 422, 451),
    Outcome.TEMPORARY: (100, 408, 425, 500, 502, 503, 504, 599),
    Outcome.OVERLOADED: (429,),
    Outcome.GONE: (410,),
}
TROUBLES = {
    Trouble.RESOLVE: Outcome.TEMPORARY,
    Trouble.CONNECT: Outcome.TEMPORARY,
    Trouble.TIMEOUT: Outcome.OVERLOADED,
    Trouble.PROTOCOL: Outcome.TEMPORARY,
    Trouble.ADDRESS: Outcome.CONFIGURATION,
    Trouble.CERTIFICATE_EXPIRED: Outcome.TEMPORARY,
    Trouble.CERTIFICATE: Outcome.CONFIGURATION,
    Trouble.KEY_MISSING: Outcome.TEMPORARY,
}


@pytest.mark.parametrize(
    ("status", "expected"), [(s, found) for found, all_ in STATUSES.items() for s in all_]
)
def test_a_status_has_one_meaning(status: int, expected: Outcome) -> None:
    assert outcome(Answer(status)) is expected


@pytest.mark.parametrize("trouble", Trouble)
def test_no_answer_has_one_meaning_too(trouble: Trouble) -> None:
    assert outcome(Answer(None, trouble)) is TROUBLES[trouble]


def test_a_receiver_can_ask_for_silence_whatever_its_status() -> None:
    assert outcome(Answer(200, control="disable")) is Outcome.DISABLED_BY_RECEIVER
    assert outcome(Answer(500, control="abort-message")) is Outcome.ABORTED_BY_RECEIVER
    assert outcome(Answer(200, control="unknown")) is Outcome.DELIVERED


def test_ten_attempts_span_three_days_without_jitter() -> None:
    waits = [next_wait(Outcome.TEMPORARY, n, None, lambda: 0.5) for n in range(1, 11)]

    assert waits == [*STEPS[1:], None]
    assert sum(STEPS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@given(st.sampled_from(Outcome), st.integers(1, 10), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_a_fifth_and_a_wait_within_a_day(
    found: Outcome, attempts: int, chance: float
) -> None:
    wait = next_wait(found, attempts, None, lambda: chance)

    assert (wait is None) == (attempts >= ATTEMPTS.get(found, 0))
    if wait is not None:
        low = 0.8 * STEPS[attempts]
        high = max(1.2 * STEPS[attempts], timedelta(minutes=1))
        assert low <= wait <= min(high, timedelta(hours=24))
        assert found is not Outcome.OVERLOADED or wait >= timedelta(minutes=1)


def test_a_receiver_that_is_overloaded_is_left_alone_for_a_minute() -> None:
    waits = [
        next_wait(found, 1, None, lambda: 0.5) for found in (Outcome.OVERLOADED, Outcome.TEMPORARY)
    ]

    assert waits == [timedelta(minutes=1), timedelta(seconds=5)]


@pytest.mark.parametrize(
    ("attempts", "asked", "expected"),
    [
        (2, timedelta(minutes=8), timedelta(minutes=8)),
        (2, timedelta(seconds=1), timedelta(minutes=5)),
        (2, timedelta(hours=9), timedelta(minutes=10)),
        (1, timedelta(seconds=90), timedelta(seconds=90)),
        (1, timedelta(hours=1), timedelta(seconds=120)),
        (9, timedelta(hours=40), timedelta(hours=24)),
    ],
)
def test_retry_after_is_heeded_within_limits(
    attempts: int, asked: timedelta, expected: timedelta
) -> None:
    assert next_wait(Outcome.OVERLOADED, attempts, asked, lambda: 0.5) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("Wed, 25 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Wed, 25 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("9" * 300, timedelta(days=1_000_000 / 86_400)),
        ("soon", None),
        ("-1", None),
        ("", None),
        ("Wed, 99 Nov 2026 12:05:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, expected: timedelta | None) -> None:
    assert asked_for(header, NOW) == expected


@given(st.text(max_size=60))
def test_no_header_can_stop_us(header: str) -> None:
    wait = asked_for(header, NOW)

    assert wait is None or wait >= timedelta(0)


def test_every_outcome_is_counted() -> None:
    assert {found.value for found in Outcome} == set(get_args(metrics.Outcome))
