"""What the gateway counts.  No label names a channel, a person or a key."""

from __future__ import annotations

from typing import Final, Literal, get_args

from prometheus_client import Counter, Histogram

Door = Literal["cloudevents", "activitystreams", "slack"]
Outcome = Literal["accepted", "ignored", "refused"]
Access = Literal["unauthenticated", "forbidden", "signature", "rate", "size", "clock"]

REASONS: Final[dict[Outcome, tuple[str, ...]]] = {
    "accepted": ("",),
    "ignored": (
        "automated",
        "challenge",
        "housekeeping",
        "no_message",
        "other_event",
        "rate_limited",
        "unchanged",
    ),
    "refused": (
        "automated",
        "block_closed",
        "channel_denied",
        "channel_not_listed",
        "external",
        "identity_unknown",
        "in_the_future",
        "invalid",
        "no_text",
        "not_json",
        "not_public",
        "too_old",
    ),
}
"""Whoever opted out is counted as accepted: the difference of two scrapes would tell who."""

_EVENTS: Final = Counter(
    "barograph_ingest_events_total",
    "Events by the way they came in and what became of them.",
    ["door", "outcome", "reason"],
)
_TURNED_AWAY: Final = Counter(
    "barograph_ingest_turned_away_total", "Requests answered before an event was read.", ["why"]
)
ADMISSION_SECONDS: Final = Histogram(
    "barograph_ingest_admission_duration_seconds",
    "From a read body to rows on the disk, a request.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
SPOOL_FULL: Final = Counter("barograph_ingest_spool_full_total", "Requests refused for room.")
for _door in get_args(Door):
    for _outcome, _reasons in REASONS.items():
        for _reason in _reasons:
            _EVENTS.labels(_door, _outcome, _reason)  # exported as 0 from the start
for _why in get_args(Access):
    _TURNED_AWAY.labels(_why)


class UnlistedReason(KeyError):
    """A reason that no dashboard knows."""


def event(door: Door, outcome: Outcome, reason: str = "") -> None:
    """Count one event by what became of it.

    Raises:
        UnlistedReason: *reason* is not in ``REASONS``.
    """
    if reason not in REASONS[outcome]:
        raise UnlistedReason(reason)
    _EVENTS.labels(door, outcome, reason).inc()


def turned_away(why: Access) -> None:
    """Count one request that was not read."""
    _TURNED_AWAY.labels(why).inc()
