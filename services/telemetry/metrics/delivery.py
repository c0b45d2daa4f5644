"""What is counted of alerts and webhooks.  No label names a unit, a rule or an endpoint."""

from __future__ import annotations

from typing import Final, Literal, get_args

from prometheus_client import Counter, Gauge

Told = Literal["firing", "resolved", "withdrawn"]
Outcome = Literal[
    "delivered",
    "redirect",
    "temporary",
    "overloaded",
    "receiver_error",
    "gone",
    "configuration",
    "disabled_by_receiver",
    "aborted_by_receiver",
]

_TOLD: Final = Counter(
    "barograph_alert_transitions_total", "Changes of alerts that endpoints are told of.", ["kind"]
)
_ATTEMPTS: Final = Counter(
    "barograph_delivery_attempts_total", "Attempts to deliver a webhook.", ["outcome"]
)
WAITING: Final = Gauge("barograph_deliveries_waiting", "Webhooks that are not delivered yet.")
for _kind in get_args(Told):
    _TOLD.labels(_kind)  # exported as 0 from the start: a rate needs a first sample
for _outcome in get_args(Outcome):
    _ATTEMPTS.labels(_outcome)


def told(kind: str, count: int = 1) -> None:
    """Count changes of alerts; *kind* is one of ``Told``."""
    assert kind in get_args(Told)
    _TOLD.labels(kind).inc(count)


def attempt(outcome: str) -> None:
    """Count one attempt; *outcome* is one of ``Outcome``."""
    assert outcome in get_args(Outcome)
    _ATTEMPTS.labels(outcome).inc()
