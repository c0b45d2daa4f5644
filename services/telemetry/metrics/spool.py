"""What the gateway still owes, and what became of what it sent."""

from __future__ import annotations

from typing import Final, get_args

from prometheus_client import Counter, Gauge, Histogram

from services.contracts.failures import Dependency
from services.contracts.settled import Settlement

HELD: Final = Gauge("barograph_spool_held_messages", "Admitted messages that are not settled.")
IN_FLIGHT: Final = Gauge(
    "barograph_spool_in_flight_messages", "Messages on the bus that are not settled."
)
RESENT: Final = Counter(
    "barograph_spool_resent_messages_total", "Messages sent again because nobody settled them."
)
OWES_NOTHING_UNTIL: Final = Gauge(
    "barograph_spool_owes_nothing_until_timestamp_seconds", "Event time last said on progress.v1."
)
SETTLE_SECONDS: Final = Histogram(
    "barograph_spool_settle_duration_seconds",
    "From the bus to the settlement of a message.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
_SETTLED: Final = Counter(
    "barograph_spool_settled_messages_total", "Messages by what became of them.", ["settlement"]
)
_WAITS: Final = Counter(
    "barograph_spool_waits_total", "Waits for something that did not answer.", ["waiting_for"]
)
for _settlement in Settlement:
    _SETTLED.labels(_settlement.value)
for _dependency in get_args(Dependency):
    _WAITS.labels(_dependency)


def settled(settlement: Settlement, count: int) -> None:
    """Count messages whose effect is committed, or that are given up."""
    _SETTLED.labels(settlement.value).inc(count)


def waits(dependency: Dependency) -> None:
    """Count one wait."""
    _WAITS.labels(dependency).inc()
