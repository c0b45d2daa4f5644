"""What reading a payload can come to, in closed lists, and how faults point into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError

from services.contracts.failures import Fault
from services.ingest.feed_event import FeedEvent


class IgnoredReason(StrEnum):
    """Why a valid payload has nothing to admit."""

    AUTOMATED = "automated"
    """Written by an app."""
    CHALLENGE = "challenge"
    """The platform asked whether we are there."""
    HOUSEKEEPING = "housekeeping"
    """The platform's own line in a channel, such as that somebody joined."""
    NO_MESSAGE = "no_message"
    """Does not carry a message in itself, or only points at one."""
    OTHER_EVENT = "other_event"
    """Tells of something else than a message."""
    RATE_LIMITED = "rate_limited"
    """The platform tells that it held events back."""
    UNCHANGED = "unchanged"
    """An edit that left the words as they were."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to admit, and nothing wrong."""

    reason: IgnoredReason


Reading = FeedEvent | Ignored


class SourceError(Exception):
    """The payload is not valid: where and why, never what."""

    def __init__(self, *found: Fault) -> None:
        super().__init__(found)
        self.faults = found


_CODES: Final = {"string_unicode": "lone_surrogate", "timezone_aware": "time"}


def event(places: Mapping[str, str], /, **fields: Any) -> FeedEvent:  # noqa: ANN401
    """A valid event; *places* says from which pointer of the payload each field came.

    Raises:
        SourceError: a field is missing or does not fit.
    """
    try:
        return FeedEvent(**fields)
    except ValidationError as error:
        found = error.errors(include_input=False, include_context=False, include_url=False)
    raise SourceError(
        *(
            Fault(places.get(str(one["loc"][0]), ""), _CODES.get(one["type"], one["type"]))
            for one in found
        )
    )


_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?P<seconds>:\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def moment(value: object, pointer: str, *, seconds: bool = True) -> datetime:
    """The UTC time that an RFC 3339 string names.

    Args:
        value: What stands in the payload.
        pointer: Where it stands.
        seconds: Whether they must be given; ActivityStreams lets them out.

    Raises:
        SourceError: it is something else; a time without an offset is nobody's.
    """
    found = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if not isinstance(value, str) or found is None or (seconds and not found["seconds"]):
        raise SourceError(Fault(pointer, "time"))
    text = value.upper()
    if (found["seconds"] or "").startswith(":60"):  # a leap second is the end of its minute
        text = text.replace(":60", ":59", 1) if text[16:19] == ":60" else text
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SourceError(Fault(pointer, "time")) from None


def milliseconds(at: datetime) -> int:
    """The version that an edit at *at* has: later is higher, and always above 1."""
    return max(2, int(at.timestamp() * 1000))


def source_name(uri: str, pointer: str) -> str:
    """The short name of a source, as the governance policy lists it.

    >>> source_name("https://social.example.org/sales", "/source")
    'social.example.org-sales'
    >>> source_name("demo", "/source")
    'demo'

    Raises:
        SourceError: nothing is left of *uri*.
    """
    bare = re.sub(r"^https?://", "", uri.lower())
    name = re.sub(r"[^a-z0-9._:-]+", "-", bare).strip("-._:")[:63]
    if not name:
        raise SourceError(Fault(pointer, "source"))
    return name
