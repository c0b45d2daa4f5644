"""Who works where, and who does not take part.  No identity ever stands in an address."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from services.contracts.failures import Fault, Malformed, faults
from services.contracts.problems import INVALID, MEDIA, Problem
from services.ingest import directory_formats
from services.ingest.api import body, examples
from services.ingest.api.access import WritesDirectory, WritesOptOuts, charge
from services.ingest.api.reception import keep
from services.ingest.api.state import TheEdge
from services.ingest.directory_formats import MEDIA_TYPES
from services.ingest.registry import FewApart
from services.telemetry import logs

router = APIRouter(prefix="/v1", tags=["people"])


class OptOut(BaseModel):
    """Somebody's decision; no reason is asked."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)

    identity: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}:\S(?:.*\S)?$",
                                               max_length=512)]  # fmt: skip
    opted_out: bool


@router.put(
    "/directory",
    status_code=200,
    summary="Replace the directory",
    description=(
        "The whole directory, as JSON or CSV: it takes the place of the one before, or nothing"
        " changes. A chart is refused in which a unit is the same as another one of the chart"
        " before, but for fewer people than stand behind a published value. CSV has a heading"
        " `person,unit,identities,time_zone,since,kind,name`, with"
        " identities joined by `;` and units from dotted ids."
    ),
    responses=examples.DIRECTORY_RESPONSES,
    openapi_extra=examples.DIRECTORY_REQUEST,
)
async def put_directory(request: Request, edge: TheEdge, key: WritesDirectory) -> Response:
    """Check the directory, keep it, publish its unit tree."""
    charge(edge, key.id, 1)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in MEDIA_TYPES:
        raise Problem(MEDIA, detail="Send application/json or text/csv.")
    raw = await body.read(request, edge.limits.directory_bytes)
    try:
        directory = await asyncio.to_thread(directory_formats.parse, raw, media)
    except Malformed as error:
        raise Problem(INVALID, errors=error.faults) from None
    try:
        await asyncio.to_thread(edge.registry.replace, directory)
    except FewApart as refused:
        raise Problem(
            INVALID,
            detail="A unit differs from an earlier one by fewer people than may be told apart.",
            errors=[Fault(f"/units/{new}", "few_apart") for _, new in refused.pairs],
        ) from None
    await edge.units.say_soon()
    logs.emit("directory.replaced", count=len(directory.people))
    told = {"people": len(directory.people), "units": len(directory.units)}
    return Response(msgspec.json.encode(told), media_type="application/json")


@router.post(
    "/opt-outs",
    status_code=202,
    summary="Opt out, or take part again",
    description=(
        "Everything of that person that is not folded yet is withdrawn. The answer is the same"
        " whether or not the identity is known, or was out before."
    ),
    response_class=Response,
    responses=examples.OPT_OUT_RESPONSES,
    openapi_extra=examples.OPT_OUT_REQUEST,
)
async def post_opt_out(request: Request, edge: TheEdge, key: WritesOptOuts) -> Response:
    """Keep the decision, and withdraw what was admitted."""
    charge(edge, key.id, 1)
    raw = await body.read(request, edge.limits.body_bytes)
    try:
        told = OptOut.model_validate_json(raw)
    except ValidationError as error:
        found = faults(error.errors(include_input=False, include_context=False))
        raise Problem(INVALID, errors=found) from None
    person = await asyncio.to_thread(edge.registry.opt_out, told.identity, out=told.opted_out)
    if person is not None and told.opted_out:
        await keep(edge, edge.intake.withdraw(person, edge.now()))
    return Response(status_code=202)
