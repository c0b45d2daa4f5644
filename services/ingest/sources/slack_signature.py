"""Whether a request is Slack's own, and fresh.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Final

SKEW: Final = timedelta(seconds=300)
"""A request older or newer than this may be somebody's recording."""

_SECONDS: Final = re.compile(r"\d{1,12}", re.ASCII)


def holds(secret: bytes, timestamp: str, signature: str, body: bytes, now: datetime) -> bool:
    """Whether *signature* is that of *body*, made with *secret* within ``SKEW`` of *now*.

    Args:
        secret: The app's signing secret.
        timestamp: Header ``X-Slack-Request-Timestamp``, Unix seconds.
        signature: Header ``X-Slack-Signature``.
        body: The bytes as they came.
        now: Wall-clock time.
    """
    if not _SECONDS.fullmatch(timestamp):
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()
    # Compared before the time is looked at, so that an answer's time tells nothing.
    known = hmac.compare_digest(expected.encode(), signature.encode())
    return known and abs(now.timestamp() - int(timestamp)) <= SKEW.total_seconds()
