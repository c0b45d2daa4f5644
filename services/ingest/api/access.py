"""Who is asking, whether they may, and whether they ask too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.contracts.access import ApiKey, Scope
from services.contracts.problems import (
    FORBIDDEN,
    TOO_MANY,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Problem,
)
from services.ingest.api.state import Edge, TheEdge
from services.telemetry.metrics import ingest as metrics

CLOCK_WAIT_S = 30
"""A declared clock is an import's or a simulation's: it takes minutes."""

Shown = HTTPAuthorizationCredentials | None
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="API key",
    description="A key made with `barograph keys create`, as `Authorization: Bearer bgk_...`.",
)


def allowed(scope: Scope) -> Callable[..., ApiKey]:
    """A dependency that lets only keys with *scope* through."""

    def key_of(request: Request, edge: TheEdge, _: Annotated[Shown, Depends(_bearer)]) -> ApiKey:
        kind, *rest = request.headers.get("authorization", "").split(" ", 1)
        key = None
        if kind.lower() == "bearer" and rest:
            key = edge.keys.authenticate(rest[0].strip(), edge.wall())
        if key is None:
            metrics.turned_away("unauthenticated")
            raise Problem(UNAUTHENTICATED)
        if scope not in key.scopes:
            metrics.turned_away("forbidden")
            raise Problem(FORBIDDEN, detail=f"The key lacks {scope.value}.")
        return key

    return key_of


WritesEvents = Annotated[ApiKey, Depends(allowed(Scope.EVENTS_WRITE))]
WritesDirectory = Annotated[ApiKey, Depends(allowed(Scope.DIRECTORY_WRITE))]
WritesOptOuts = Annotated[ApiKey, Depends(allowed(Scope.OPTOUTS_WRITE))]
WritesClock = Annotated[ApiKey, Depends(allowed(Scope.CLOCK_WRITE))]


def charge(edge: Edge, key_id: str, events: int) -> None:
    """Take *events* off what *key_id* may send just now.

    Raises:
        Problem: it may not; the answer says when.
    """
    wait_s = edge.rates.take(key_id, events)
    if wait_s:
        metrics.turned_away("rate")
        raise Problem(TOO_MANY, retry_after_s=wait_s)


def in_turn(edge: Edge, key_id: str) -> None:
    """Let pass whoever may send while somebody holds the clock.

    Raises:
        Problem: another key declares the time; an event of now would be in its future.
    """
    if not edge.spool.clock.admits(key_id):
        metrics.turned_away("clock")
        raise Problem(UNAVAILABLE, detail="An import holds the clock.", retry_after_s=CLOCK_WAIT_S)
