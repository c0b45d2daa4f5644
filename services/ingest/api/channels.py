"""Which channels there are.  A list holds no person."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response

from services.contracts.failures import Malformed
from services.contracts.problems import INVALID, MEDIA, Problem
from services.ingest import channel_list
from services.ingest.api import body, examples
from services.ingest.api.access import WritesDirectory, charge
from services.ingest.api.state import TheEdge
from services.ingest.channel_list import ChannelList
from services.telemetry import logs

router = APIRouter(prefix="/v1", tags=["channels"])
JSON: Final = "application/json"


@router.put(
    "/channels",
    status_code=200,
    summary="Replace the list of a source's channels",
    description=(
        "All channels of one source, each named as in the policy without the source in front, with"
        " its members and first day: it takes the place of the list before, or nothing changes."
        " Only channels that the policy admits are kept. What is made of it is which share of"
        " channels hardly anybody writes in, where the policy lists `ghost_towns`."
    ),
    responses=examples.CHANNELS_RESPONSES,
    openapi_extra=examples.CHANNELS_REQUEST,
)
async def put_channels(request: Request, edge: TheEdge, key: WritesDirectory) -> Response:
    """Check the list, keep what the policy admits, and say which places that are."""
    charge(edge, key.id, 1)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        raise Problem(MEDIA, detail="Send application/json.")
    raw = await body.read(request, edge.limits.directory_bytes)
    try:
        sent = await asyncio.to_thread(channel_list.parse, raw)
        kept = tuple(one for one in sent.channels if edge.places.admits(one.source, one.name))
        await asyncio.to_thread(edge.places.lists.replace, ChannelList(sent.source, kept))
    except Malformed as error:
        raise Problem(INVALID, errors=error.faults) from None
    await edge.places.say_soon()
    logs.emit("channels.replaced", count=len(kept))
    told = {"channels": len(sent.channels), "admitted": len(kept)}
    return Response(msgspec.json.encode(told), media_type="application/json")
