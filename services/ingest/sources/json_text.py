"""Bytes to plain JSON values.  Whatever the bytes are, this ends in one of two exceptions."""

from __future__ import annotations

import json
from typing import Final

import msgspec

from services.contracts.failures import Fault
from services.ingest.sources.reading import SourceError

LISTED: Final = frozenset({
    "data", "source", "id", "type", "subject", "time", "message_id", "identity", "channel",
    "visibility", "text", "version", "posted_at", "actor", "object", "content", "contentMap",
    "attributedTo", "target", "audience", "context", "name", "summary", "event", "message",
    "previous_message", "user", "ts", "team_id", "challenge",
})  # fmt: skip
"""Names that may stand in a pointer; any other name in a payload is input, and is cut off."""


class NotJson(Exception):
    """The bytes are not JSON."""


def decode(raw: bytes) -> object:
    """The value that *raw* holds.

    Raises:
        NotJson: it holds none.
        SourceError: it is JSON that nothing here can hold: nested too deep, a number without
            bounds, or half a surrogate pair.
    """
    try:
        return msgspec.json.decode(raw)
    except RecursionError:
        raise SourceError(Fault("", "too_deep")) from None
    except msgspec.ValidationError:
        raise SourceError(Fault("", "number_out_of_range")) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        pointer = _lone_surrogate(raw)
    if pointer is None:
        raise NotJson
    raise SourceError(Fault(pointer, "lone_surrogate"))


def _lone_surrogate(raw: bytes) -> str | None:
    r"""Where the first lone surrogate stands; None where that is not what is wrong.

    The decoder calls ``"\\ud800"`` malformed; RFC 8259 calls it JSON, and the sender should
    learn where it is.
    """
    try:
        document = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        pointer, node = waiting.pop()
        if isinstance(node, str) and _halved(node):
            return pointer
        if isinstance(node, list):
            waiting += [(f"{pointer}/{place}", child) for place, child in enumerate(node)]
        elif isinstance(node, dict):
            if any(map(_halved, node)):
                return pointer
            waiting += [
                (f"{pointer}/{name}" if name in LISTED else pointer, child)
                for name, child in node.items()
            ]
    return None


def _halved(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
