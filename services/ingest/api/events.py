"""``POST /v1/events``: CloudEvents in every mode, and ActivityStreams."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request, Response

from services.ingest.api import body, examples, negotiation
from services.ingest.api.access import WritesEvents, charge, in_turn
from services.ingest.api.reception import Result, receive
from services.ingest.api.state import TheEdge
from services.telemetry import logs
from services.telemetry.metrics.ingest import REASONS

router = APIRouter(prefix="/v1", tags=["events"])

ACCEPTED: Final = 202
NOTHING_TO_DO: Final = 204


@router.post(
    "/events",
    status_code=ACCEPTED,
    summary="Send events",
    description=(
        "One event: `202` with an empty body once it would survive a power cut, `204` where there"
        " is nothing in it to admit, a problem otherwise. A batch, or lines: `200` with a result"
        " for each event, in order; `503` means that none was kept. Sending an event again"
        " changes nothing. The answer for somebody who opted out is the same as for anybody."
    ),
    response_class=Response,
    responses=examples.EVENT_RESPONSES,
    openapi_extra=examples.EVENT_REQUEST,
)
async def post_events(request: Request, edge: TheEdge, key: WritesEvents) -> Response:
    """Admit one event or many and make them durable."""
    in_turn(edge, key.id)
    form = negotiation.of(request.headers)
    raw = await body.read(request, edge.limits.batch_bytes if form.many else edge.limits.body_bytes)
    if not form.many:
        charge(edge, key.id, 1)
        reading = negotiation.single(form, request.headers, raw, key)
        [result] = await receive(edge, form.door, [reading])
        result.raise_if_refused()
        # Empty: some platforms post a body back into the channel.
        return Response(status_code=ACCEPTED if result.outcome == "accepted" else NOTHING_TO_DO)
    parts = negotiation.many(form, raw, edge.limits.batch_events)
    charge(edge, key.id, max(1, len(parts)))
    results = await receive(edge, form.door, negotiation.read_all(parts))
    logs.emit("batch.accepted", count=len(results))
    return Response(msgspec.json.encode(_summary(results)), media_type="application/json")


@router.options(
    "/events",
    status_code=200,
    summary="Ask whether events may be sent",
    description="The handshake of CloudEvents' webhooks; whether a key is valid is not told here.",
    response_class=Response,
)
async def handshake(request: Request, edge: TheEdge) -> Response:
    """Permit deliveries: what really permits them is the key."""
    headers = {"Allow": "POST, OPTIONS", "Accept-Post": ", ".join(negotiation.ACCEPTED)}
    if "webhook-request-origin" in request.headers:
        # Every origin, rather than the caller's own words sent back.
        headers["WebHook-Allowed-Origin"] = "*"
        headers["WebHook-Allowed-Rate"] = str(60 * edge.limits.events_per_s)
    return Response(status_code=200, headers=headers)


def _summary(results: list[Result]) -> dict[str, Any]:
    tally: dict[str, Any] = dict.fromkeys(REASONS, 0)
    for result in results:
        tally[result.outcome] += 1
    return {**tally, "results": [result.item(index) for index, result in enumerate(results)]}
