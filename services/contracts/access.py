"""API keys: who may send what.  Only a hash of the secret is ever kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

TOKEN: Final = re.compile(r"bgk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)


class Scope(StrEnum):
    """What a key may do."""

    EVENTS_WRITE = "events:write"
    DIRECTORY_WRITE = "directory:write"
    OPTOUTS_WRITE = "optouts:write"
    CLOCK_WRITE = "clock:write"
    OUTCOMES_WRITE = "outcomes:write"


GATEWAY: Final = tuple(scope for scope in Scope if scope is not Scope.OUTCOMES_WRITE)
"""What a key of the gateway may do; business figures never pass it."""


class ApiKey(BaseModel):
    """What is stored of a key; the secret cannot be had back from it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    """Public: it may be logged, listed and named to revoke the key."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    """Of the secret alone.  Plain SHA-256 is enough: the secret has 256 random bits."""
    scopes: frozenset[Scope]
    expires: AwareDatetime
    created: AwareDatetime | None = None
    label: Annotated[str, Field(max_length=80)] = ""
    revoked: bool = False


def generate(
    scopes: Iterable[Scope], expires: datetime, *, created: datetime | None = None, label: str = ""
) -> tuple[str, ApiKey]:
    """A new token, to be shown once, and the record to store."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    record = ApiKey(
        id=key_id,
        sha256=_digest(secret),
        scopes=frozenset(scopes),
        expires=expires,
        created=created,
        label=label,
    )
    return f"bgk_{key_id}_{secret}", record


def key_id_of(token: str) -> str | None:
    """The public id in *token*; None where it is no token of ours."""
    found = TOKEN.fullmatch(token)
    return found[1] if found else None


def verify(token: str, record: ApiKey, now: datetime) -> bool:
    """Whether *token* is the secret of *record*, in force at *now*."""
    found = TOKEN.fullmatch(token)
    if found is None or found[1] != record.id:
        return False
    # Compared before the dates are looked at, so that time tells nothing about the secret.
    known = hmac.compare_digest(_digest(found[2]), record.sha256)
    return known and not record.revoked and now < record.expires


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
