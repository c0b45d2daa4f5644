"""What an attempt's outcome means and when the next one is due; pure, chance is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

STEPS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        0,
        5,
        5 * 60,
        30 * 60,
        2 * 3600,
        5 * 3600,
        10 * 3600,
        14 * 3600,
        20 * 3600,
        24 * 3600,
    )
)
"""Waits before each attempt: ten attempts over 75 hours and 35 minutes."""
JITTER: Final = 0.2
LEAST_WAIT: Final = timedelta(seconds=60)
"""After a timeout and after 429: the receiver is overloaded."""
MOST_WAIT: Final = timedelta(hours=24)


class Outcome(StrEnum):
    """What happened to one attempt; the closed list that is logged, counted and shown."""

    DELIVERED = "delivered"
    REDIRECT = "redirect"
    TEMPORARY = "temporary"
    OVERLOADED = "overloaded"
    RECEIVER_ERROR = "receiver_error"
    GONE = "gone"
    CONFIGURATION = "configuration"
    DISABLED_BY_RECEIVER = "disabled_by_receiver"
    ABORTED_BY_RECEIVER = "aborted_by_receiver"


class Trouble(StrEnum):
    """Why there was no answer; a class, never an address or a timing."""

    RESOLVE = "name_not_resolved"
    CONNECT = "connection_failed"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol_error"
    ADDRESS = "address_not_allowed"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE = "certificate_invalid"
    KEY_MISSING = "key_missing"
    """Ours: we cannot open the secret that signs.  An operator can repair that."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, or why nothing did."""

    status: int | None
    trouble: Trouble | None = None
    retry_after: str | None = None
    control: str | None = None
    """The response header ``webhook-delivery``."""


ATTEMPTS: Final = {
    Outcome.REDIRECT: 4,
    Outcome.RECEIVER_ERROR: 4,
    Outcome.TEMPORARY: len(STEPS),
    Outcome.OVERLOADED: len(STEPS),
}
"""How many attempts an outcome is worth; the others are worth no second one."""
_PERMANENT: Final = {Trouble.ADDRESS, Trouble.CERTIFICATE}
_TEMPORARY: Final = {408, 425}
_CONTROL: Final = {
    "disable": Outcome.DISABLED_BY_RECEIVER,
    "abort-message": Outcome.ABORTED_BY_RECEIVER,
}


def outcome(answer: Answer) -> Outcome:  # noqa: PLR0911  # one line for each row of the table
    """The class of *answer*.

    Source:
        Standard Webhooks 1.0.0 and the server of Svix, which agree on all but the classes of 4xx.
    """
    if answer.trouble is not None or answer.status is None:
        if answer.trouble in _PERMANENT:
            return Outcome.CONFIGURATION
        return Outcome.OVERLOADED if answer.trouble is Trouble.TIMEOUT else Outcome.TEMPORARY
    if answer.control in _CONTROL:
        return _CONTROL[answer.control]
    match answer.status:
        case status if 200 <= status < 300:  # noqa: PLR2004
            return Outcome.DELIVERED
        case status if 300 <= status < 400:  # noqa: PLR2004
            return Outcome.REDIRECT
        case 410:
            return Outcome.GONE
        case 429:
            return Outcome.OVERLOADED
        case status if 400 <= status < 500 and status not in _TEMPORARY:  # noqa: PLR2004
            return Outcome.RECEIVER_ERROR
    return Outcome.TEMPORARY


def next_wait(
    found: Outcome, attempts: int, retry_after: timedelta | None, chance: Callable[[], float]
) -> timedelta | None:
    """How long to wait for the next attempt; None if there is none.

    Args:
        found: what the latest attempt came to.
        attempts: how many there have been.
        retry_after: what the receiver asked for.
        chance: uniform in [0, 1).
    """
    if attempts >= ATTEMPTS.get(found, 0):
        return None
    wait = STEPS[attempts] * (1 - JITTER + 2 * JITTER * chance())
    if retry_after is not None:
        # A receiver may ask for more time, but not for so much that the news is old.
        wait = min(max(wait, retry_after), 2 * max(STEPS[attempts], LEAST_WAIT))
    if found is Outcome.OVERLOADED:
        wait = max(wait, LEAST_WAIT)
    return min(wait, MOST_WAIT)


def asked_for(header: str | None, now: datetime) -> timedelta | None:
    """What ``Retry-After`` asks for, in seconds or as a date; None if it is not readable."""
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        return timedelta(seconds=min(int(header[:9]), 10**6))
    try:
        due = parsedate_to_datetime(header)
    except ValueError:
        return None
    if due.tzinfo is None:
        return None
    return max(due - now, timedelta(0))
