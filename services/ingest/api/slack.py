"""``POST /v1/sources/slack``: Slack's Events API, by its signature."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from services.contracts.problems import NOT_FOUND, NOT_JSON, UNAUTHENTICATED, Problem
from services.ingest.api import body, examples
from services.ingest.api.access import charge, in_turn
from services.ingest.api.reception import Read, receive
from services.ingest.api.state import TheEdge
from services.ingest.sources import slack, slack_signature
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError
from services.telemetry import logs
from services.telemetry.metrics import ingest as metrics

router = APIRouter(prefix="/v1/sources", tags=["events"])


@router.post(
    "/slack",
    status_code=200,
    summary="Receive an event from Slack",
    description=(
        "The Request URL of a Slack app. `200` with an empty body for whatever Slack should not"
        " send again, admitted or not; the challenge, as plain text, to a `url_verification`."
        " `404` where no signing secret is configured."
    ),
    response_class=Response,
    responses=examples.SLACK_RESPONSES,
    openapi_extra=examples.SLACK_REQUEST,
)
async def post_slack(request: Request, edge: TheEdge) -> Response:
    """Admit what Slack tells, once its signature holds."""
    if edge.slack_secret is None:
        raise Problem(NOT_FOUND)
    raw = await body.read(request, edge.limits.body_bytes)
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not slack_signature.holds(edge.slack_secret, timestamp, signature, raw, edge.wall()):
        metrics.turned_away("signature")
        raise Problem(UNAUTHENTICATED)
    reading = _read(raw)
    if isinstance(reading, slack.Challenge):
        metrics.event("slack", "ignored", IgnoredReason.CHALLENGE.value)
        return PlainTextResponse(reading.value)
    if not isinstance(reading, Ignored):
        in_turn(edge, slack.SOURCE)
        charge(edge, slack.SOURCE, 1)
    [result] = await receive(edge, "slack", [reading])
    if result.reason == "not_json":
        raise Problem(NOT_JSON)
    if result.outcome == "refused":
        logs.emit("event.refused", reason=result.reason)
    # A refusal is final, and Slack would send it three times more.
    return Response(status_code=200)


def _read(raw: bytes) -> Read | slack.Challenge:
    try:
        return slack.read(decode(raw))
    except (SourceError, NotJson) as error:
        return error
