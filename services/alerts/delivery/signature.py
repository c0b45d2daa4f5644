"""Standard Webhooks signatures: what is sent can be told from what was made up or changed."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
TOLERANCE_S: Final = 5 * 60
"""How far the sender's clock may be from the receiver's, either way."""


class SecretInvalid(ValueError):
    """Not a secret of Standard Webhooks; never says what was given."""


class Rejected(StrEnum):
    """Why a receiver must not believe a request."""

    HEADERS_MISSING = "headers_missing"
    TIMESTAMP_INVALID = "timestamp_invalid"
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"
    NO_MATCH = "no_match"


def generate() -> str:
    """A new secret: 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def parse(secret: str) -> bytes:
    """The key in *secret*.

    Raises:
        SecretInvalid: no ``whsec_``, not strictly base64, or not 24 to 64 bytes.
    """
    if not secret.startswith(PREFIX):
        raise SecretInvalid("no_prefix")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise SecretInvalid("not_base64") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise SecretInvalid("length")
    return key


def sign(message_id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> str:
    """The ``webhook-signature``: one ``v1`` for each secret, so a secret can be replaced.

    Args:
        message_id: the ``webhook-id``; the same at every attempt.
        timestamp: unix seconds of this attempt.
        body: the bytes that are sent, not a reading of them.
        secrets: every secret in use, newest first.
    """
    assert secrets, "an unsigned webhook is worth nothing"
    return " ".join(_v1(message_id, timestamp, body, parse(secret)) for secret in secrets)


def check(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: int
) -> Rejected | None:
    """Why the request is not to be believed; None if it is.

    Args:
        headers: with lower-case names.
        body: the raw bytes as received.
        secrets: any of them may have signed.
        now: unix seconds.
    """
    message_id = headers.get("webhook-id", "")
    given = headers.get("webhook-signature", "")
    stamp = headers.get("webhook-timestamp", "")
    if not (message_id and given and stamp):
        return Rejected.HEADERS_MISSING
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):  # noqa: PLR2004  # year 33658
        return Rejected.TIMESTAMP_INVALID
    timestamp = int(stamp)
    if timestamp < now - TOLERANCE_S:
        return Rejected.TOO_OLD
    if timestamp > now + TOLERANCE_S:
        return Rejected.IN_THE_FUTURE
    expected = [_v1(message_id, timestamp, body, parse(secret)).encode() for secret in secrets]
    found = [
        hmac.compare_digest(one, entry.encode()) for one in expected for entry in given.split(" ")
    ]
    return None if any(found) else Rejected.NO_MATCH


def _v1(message_id: str, timestamp: int, body: bytes, key: bytes) -> str:
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()
