"""JSON that a reader may keep and ask about again."""

from __future__ import annotations

import hashlib
from typing import Final

from fastapi import Request, Response
from pydantic import BaseModel

PRIVATE: Final = "private, no-store"
"""No proxy and no disk keeps indicators; a client that holds them asks with their ETag."""


def answer(request: Request, body: BaseModel) -> Response:
    """*body*, or 304 where the reader has it already."""
    content = body.model_dump_json().encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": PRIVATE}
    held = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in held or "*" in held:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
