"""What the scorer counts.  No label names a unit, a person or a channel."""

from __future__ import annotations

from typing import Final, Literal, get_args

from prometheus_client import Counter, Gauge, Histogram

Outcome = Literal["scored", "forwarded", "malformed", "expired", "unreadable"]

_RECORDS: Final = Counter(
    "barograph_sentiment_records_total", "Records taken from messages.v1.", ["outcome"]
)
BATCH_SECONDS: Final = Histogram(
    "barograph_sentiment_batch_duration_seconds",
    "From taking a micro-batch to its deliveries on the bus.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16),
)
LAST_PROGRESS: Final = Gauge(
    "barograph_sentiment_last_progress_timestamp_seconds", "When the last batch was acknowledged."
)
for _outcome in get_args(Outcome):
    _RECORDS.labels(_outcome)  # exported as 0 from the start: a rate needs a first sample


def records(outcome: Outcome, count: int = 1) -> None:
    """Count records by what became of them."""
    _RECORDS.labels(outcome).inc(count)
