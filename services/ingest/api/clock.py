"""The gateway's clock: an import or a simulation declares it, and lets it go."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel

from services.contracts.failures import Fault
from services.contracts.problems import CONFLICT, INVALID, NOT_JSON, Problem
from services.ingest.api import body, examples
from services.ingest.api.access import CLOCK_WAIT_S, WritesClock
from services.ingest.api.state import TheEdge
from services.ingest.clock import ClockHeld, ClockWentBack
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.reading import SourceError, moment

router = APIRouter(prefix="/v1", tags=["clock"])


class Declared(BaseModel):
    """What a key has declared."""

    declared: AwareDatetime | None


@router.get(
    "/clock",
    summary="The time that this key has declared",
    description=(
        "Null while the clock is the wall's. Who went away in the middle of history goes on from"
        " here: everything before it has been sent."
    ),
    responses=examples.CLOCK_READ_RESPONSES,
)
async def get_clock(edge: TheEdge, key: WritesClock) -> Declared:
    """Tell the holder where the clock stands."""
    clock = edge.progress.spool.clock
    if not clock.admits(key.id):
        raise _held()
    return Declared(declared=clock.declared)


@router.put(
    "/clock",
    status_code=204,
    summary="Declare the gateway's time",
    description=(
        "Everything up to this time has been sent. While a key holds the clock, events of other"
        " keys wait. The answer comes once the progress has been published."
    ),
    response_class=Response,
    responses=examples.CLOCK_RESPONSES,
    openapi_extra=examples.CLOCK_REQUEST,
)
async def put_clock(request: Request, edge: TheEdge, key: WritesClock) -> Response:
    """Set the clock and say so on the bus."""
    at = _declared(await body.read(request, edge.limits.body_bytes))
    await edge.places.say_soon()  # before the time that may close their block
    try:
        await edge.progress.declare(at, key.id)
    except ClockHeld:
        raise _held() from None
    except ClockWentBack:
        raise Problem(CONFLICT, detail="The gateway has been at a later time.") from None
    await edge.units.say_soon()  # another time may be another quarter
    return Response(status_code=204)


@router.delete(
    "/clock",
    status_code=204,
    summary="Let the clock go",
    description="The gateway's time is the wall's again.",
    response_class=Response,
    responses=examples.CLOCK_RESPONSES,
)
async def delete_clock(edge: TheEdge, key: WritesClock) -> Response:
    """Let the clock be the wall's."""
    try:
        await edge.progress.release(key.id)
    except ClockHeld:
        raise _held() from None
    return Response(status_code=204)


def _declared(raw: bytes) -> datetime:
    try:
        document = decode(raw)
        named = document if isinstance(document, dict) else {}
        at = moment(named.get("declared"), "/declared")
    except NotJson:
        raise Problem(NOT_JSON) from None
    except SourceError as error:
        raise Problem(INVALID, errors=error.faults) from None
    if named.keys() != {"declared"}:
        raise Problem(INVALID, errors=[Fault("", "extra_forbidden")])
    return at


def _held() -> Problem:
    return Problem(CONFLICT, detail="Another key holds the clock.", retry_after_s=CLOCK_WAIT_S)
