"""What the alerts service and its collector count.  No label names a unit, person or channel."""

from __future__ import annotations

from typing import Final, Literal, get_args

from prometheus_client import Counter, Gauge, Histogram

Outcome = Literal["collected", "late", "malformed"]
Closing = Literal["closed", "refused"]

_RECORDS: Final = Counter(
    "barograph_collector_records_total", "Records taken from scores.v1.", ["outcome"]
)
BATCH_SECONDS: Final = Histogram(
    "barograph_collector_batch_duration_seconds",
    "From taking a batch of scores to its settlements on the bus.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
LAST_PROGRESS: Final = Gauge(
    "barograph_collector_last_progress_timestamp_seconds", "When a batch was last acknowledged."
)
_CLOSINGS: Final = Counter(
    "barograph_window_closings_total", "Attempts to close a window.", ["outcome"]
)
LAST_CLOSING: Final = Gauge(
    "barograph_closing_last_success_timestamp_seconds",
    "When due windows were last looked for without a fault.",
)
for _outcome in get_args(Outcome):
    _RECORDS.labels(_outcome)  # exported as 0 from the start: a rate needs a first sample
for _closing in get_args(Closing):
    _CLOSINGS.labels(_closing)


def records(outcome: Outcome, count: int = 1) -> None:
    """Count records by what became of them."""
    _RECORDS.labels(outcome).inc(count)


def closing(outcome: Closing) -> None:
    """Count one attempt to close a window."""
    _CLOSINGS.labels(outcome).inc()
