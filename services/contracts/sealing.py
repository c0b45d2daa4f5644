"""Sealed text: AES-256-GCM under the key of the hour in which it arrived.

Layout: 4 bytes hour (big endian, authenticated) | 12 bytes nonce | ciphertext and tag.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.contracts.failures import Fault, Malformed

HOUR_BYTES: Final = 4
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


def _unreadable(code: str) -> Malformed:
    return Malformed("Sealed", (Fault("/sealed", code),))


def seal(text: str, key: bytes, hour: int) -> bytes:
    """*text*, readable by whoever holds the key of *hour*.

    Args:
        text: Redacted text; it must be encodable, so without lone surrogates.
        key: 32 bytes.
        hour: Unix time of arrival divided by 3,600.
    """
    head = hour.to_bytes(HOUR_BYTES, "big")
    # 96 random bits a message: a key lives one hour, so far below 2**32 messages.
    nonce = secrets.token_bytes(NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, text.encode(), head)


def hour_of(sealed: bytes) -> int:
    """The hour whose key opens *sealed*.

    Raises:
        Malformed: *sealed* is too short to hold a text.
    """
    if len(sealed) < HOUR_BYTES + NONCE_BYTES + TAG_BYTES:
        raise _unreadable("too_short")
    return int.from_bytes(sealed[:HOUR_BYTES], "big")


def unseal(sealed: bytes, key: bytes) -> str:
    """The text in *sealed*.

    Raises:
        Malformed: another key sealed it, or a byte was changed.
    """
    hour_of(sealed)
    head, rest = sealed[:HOUR_BYTES], sealed[HOUR_BYTES:]
    try:
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], head).decode()
    except (InvalidTag, UnicodeDecodeError):
        # The cause is cut off: a UnicodeDecodeError carries the bytes it could not read.
        failure = _unreadable("not_authentic")
    raise failure
