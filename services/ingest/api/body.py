"""Reading a body: never more than its limit, whatever its headers say."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request

from services.contracts.problems import INCOMPLETE, MEDIA, TOO_LARGE, Problem
from services.telemetry.metrics import ingest as metrics


async def read(request: Request, limit: int) -> bytes:
    """The bytes of the body, refused as soon as they are more than *limit*.

    Raises:
        Problem: too large, or compressed: a small body could unfold to any size; or the client
            has gone, which nobody but our log will hear.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(MEDIA, detail="A compressed body is not taken.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise _too_large(limit)
    except ClientDisconnect:
        raise Problem(INCOMPLETE) from None
    return bytes(body)


def _too_large(limit: int) -> Problem:
    metrics.turned_away("size")
    return Problem(TOO_LARGE, detail=f"At most {limit} bytes.")
