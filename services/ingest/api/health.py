"""Whether the process lives, whether it can keep its promise, and what it counts."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.contracts.problems import UNAVAILABLE, Problem
from services.ingest.api import examples
from services.ingest.api.state import TheEdge

router = APIRouter(tags=["operation"])


@router.get("/healthz", status_code=204, summary="Is the process alive", response_class=Response)
async def healthz() -> Response:
    """Answer, and nothing else."""
    return Response(status_code=204)


@router.get(
    "/readyz",
    status_code=204,
    summary="Can events be sent",
    description="`503` names what is missing: `policy` (expired), `database` (the spool),\n"
    "`key_store`, `broker`.",
    response_class=Response,
    responses=examples.READY_RESPONSES,
)
async def readyz(edge: TheEdge) -> Response:
    """Ask everything behind the edge."""
    missing = await edge.missing()
    if missing:
        raise Problem(UNAVAILABLE, detail=", ".join(missing), retry_after_s=5)
    return Response(status_code=204)


@router.get("/metrics", summary="Operational metrics", response_class=Response)
async def metrics() -> Response:
    """Counts of this process, in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
