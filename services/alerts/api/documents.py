"""How OpenAPI describes what every route can answer."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from services.contracts.problems import (
    INVALID,
    MEDIA_TYPE,
    UNAUTHENTICATED,
    UNAVAILABLE,
    ProblemType,
)


class PlaceOut(BaseModel):
    """Where a request is wrong and why; never what it said."""

    pointer: str
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[PlaceOut]


def of(*kinds: ProblemType) -> dict[int | str, dict[str, Any]]:
    """How the answers of *kinds* are described."""
    return {
        kind.status: {
            "description": kind.title,
            "content": {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}},
        }
        for kind in kinds
    }


PROBLEMS: Final = of(UNAUTHENTICATED, INVALID, UNAVAILABLE)
