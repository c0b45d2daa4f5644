"""Whether the service lives and can answer, what it counts, and the published values."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from services.alerts import database, exposition, migrations
from services.alerts.api.access import reader
from services.contracts.problems import UNAVAILABLE, Problem

STALLED: Final = timedelta(minutes=2)
"""Closing looks every second; an evaluation of a large window may take a while."""
router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="Whether the process lives")
def healthz() -> dict[str, str]:
    """Answer at all."""
    return {"status": "ok"}


@router.get("/readyz", summary="Whether it can answer and closes windows")
def readyz(request: Request) -> dict[str, str]:
    """Answer ok when the database answers at the newest schema and windows are looked for.

    Raises:
        Problem: one of these does not hold; which one is for the log.
    """
    try:
        ready = migrations.is_current(database.reading(request.state.engine))
    except SQLAlchemyError:
        ready = False
    looked: exposition.Looked = request.state.looked
    if not ready or looked.at is None or request.state.now() - looked.at > STALLED:
        raise Problem(UNAVAILABLE, retry_after_s=5)
    return {"status": "ok"}


@router.get("/metrics", summary="What the service counts, for Prometheus")
def metrics() -> Response:
    """Answer operational metrics: no value of any unit."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


@router.get(
    "/metrics/indicators",
    summary="The newest published values, for Prometheus",
    dependencies=[Depends(reader)],
)
def published(request: Request) -> Response:
    """Answer all of the newest published values, or nothing.

    Raises:
        Problem: the database does not answer.  Half a page would end some series and not others.
    """
    try:
        with database.reading(request.state.engine).begin() as connection:
            page = exposition.page(connection)
    except SQLAlchemyError:
        raise Problem(UNAVAILABLE, retry_after_s=5) from None
    return Response(page, media_type=CONTENT_TYPE_LATEST)
