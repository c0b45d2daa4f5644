"""Reading a body of CSV: never more than its limit, whatever its headers say."""

from __future__ import annotations

from typing import Final

from starlette.requests import ClientDisconnect, Request

from services.contracts.problems import INCOMPLETE, MEDIA, TOO_LARGE, Problem

MEDIA_TYPE: Final = "text/csv"
MOST_BYTES: Final = 1024 * 1024
"""Five thousand rows of the longest names."""


async def read(request: Request) -> bytes:
    """The bytes of the body, refused as soon as they are more than ``MOST_BYTES``.

    Raises:
        Problem: it is too large, compressed or no CSV, or the client has gone.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MEDIA_TYPE or request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(MEDIA, detail=f"Only {MEDIA_TYPE}, not compressed, is taken.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise Problem(TOO_LARGE, detail=f"At most {MOST_BYTES} bytes.")
    except ClientDisconnect:
        raise Problem(INCOMPLETE) from None
    return bytes(body)
