"""``/v1/outcomes`` and ``/v1/interventions``: business figures and events beside the climate."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from models.language.labels import Language
from services.alerts.api import csv_body, documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer
from services.alerts.outcomes import findings, sentences
from services.alerts.outcomes.figures import FiguresRefused
from services.alerts.outcomes.findings import InterventionFinding, OutcomeFinding
from services.alerts.outcomes.importing import Importing
from services.contracts.access import ApiKey
from services.contracts.failures import Fault
from services.contracts.problems import INVALID, NOT_FOUND, UNAUTHENTICATED, Problem
from services.contracts.registration import Names

MOST_TOLD: Final = 100
"""Rows at fault that are named one by one."""
router = APIRouter(prefix="/v1", tags=["outcomes"])
RegisteredId = Annotated[str, Path(max_length=63)]
Sentences = dict[Language, tuple[str, ...]]
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            csv_body.MEDIA_TYPE: {
                "schema": {"type": "string"},
                "example": "outcome,unit,month,value,people,events\n"
                "leavers,operations,2026-09,1.4,420,6\n",
            }
        },
    }
}


class OutcomeEntry(BaseModel):
    """One registered figure."""

    id: str = Field(examples=["leavers"])
    names: Names


class InterventionEntry(BaseModel):
    """One registered event."""

    id: str = Field(examples=["new-roster"])
    names: Names
    date: date


class RegisteredOut(BaseModel):
    """What the policy registers, in its order."""

    outcomes: list[OutcomeEntry]
    interventions: list[InterventionEntry]


class OutcomeOut(BaseModel):
    """One figure, and all that may be said of it."""

    finding: OutcomeFinding
    sentences: Sentences = Field(description="By language; show them with every coefficient.")


class InterventionOut(BaseModel):
    """One event, and all that may be said of it."""

    finding: InterventionFinding
    sentences: Sentences


class StoredOut(BaseModel):
    """What became of the rows of a file."""

    new: int = Field(description="Months of units that had no value before.")
    corrected: int = Field(description="New versions of values that differ; the old ones stay.")
    unchanged: int = Field(description="Values that were there already.")


def importing(request: Request) -> Importing:
    """Give the lifespan's state its type back."""
    found = request.state.importing
    assert isinstance(found, Importing)
    return found


def importer(request: Request, desk: Annotated[Importing, Depends(importing)]) -> ApiKey:
    """Let through whoever holds a key for figures; a reader's token is none.

    Raises:
        Problem: there is no such key, or it is no longer in force.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = desk.key(token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise Problem(UNAUTHENTICATED)
    return key


@router.post(
    "/outcomes",
    response_model=StoredOut,
    responses=documents.PROBLEMS,
    openapi_extra=_FILE,
    summary="Import monthly figures",
)
async def take(
    request: Request,
    key: Annotated[ApiKey, Depends(importer)],
    desk: Annotated[Importing, Depends(importing)],
) -> StoredOut:
    """Keep the figures of a CSV file, or none of them.

    Each row at fault is named, the head being row 1, and nothing of it is quoted. The key is one
    that `barograph outcomes keys create` made. A file that comes again changes nothing; a value
    that differs from the last one is a new version, and the old one stays.

    Raises:
        Problem: a row, or the file, is not as it must be.
    """
    content = await csv_body.read(request)
    try:
        stored = await asyncio.to_thread(desk.take, content, key.id)
    except FiguresRefused as refused:
        told = refused.refused[:MOST_TOLD]
        raise Problem(
            INVALID,
            detail=f"{len(refused.refused)} rows are refused, and nothing was taken.",
            errors=[Fault(f"/rows/{row}", reason.value) for row, reason in told],
        ) from None
    return StoredOut(new=stored.new, corrected=stored.corrected, unchanged=stored.unchanged)


@router.get(
    "/outcomes",
    response_model=RegisteredOut,
    responses=documents.PROBLEMS,
    dependencies=[Depends(reader)],
    summary="Registered figures and events",
)
def registered(request: Request, connection: Reading) -> Response:
    """Answer what the signed policy registers; each has an address of its own."""
    body = RegisteredOut(
        outcomes=[
            OutcomeEntry(id=each.id, names=each.names) for each in findings.outcomes(connection)
        ],
        interventions=[
            InterventionEntry(id=each.id, names=each.names, date=each.date)
            for each in findings.interventions(connection)
        ],
    )
    return answer(request, body)


@router.get(
    "/outcomes/{outcome_id}",
    response_model=OutcomeOut,
    responses=documents.PROBLEMS,
    dependencies=[Depends(reader)],
    summary="One figure beside the climate",
)
def outcome(request: Request, connection: Reading, outcome_id: RegisteredId) -> Response:
    """Answer both lines by month and, from 36 months on, the coefficient with its uncertainty.

    It is an association of groups of at least fifty people: no cause, no forecast, no money.

    Raises:
        Problem: the policy registers no such figure.
    """
    found = {each.id: each for each in findings.outcomes(connection)}.get(outcome_id)
    if found is None:
        raise Problem(NOT_FOUND)
    said = {language: sentences.of_outcome(found, {}, language) for language in Language}
    return answer(request, OutcomeOut(finding=found, sentences=said))


@router.get(
    "/interventions/{intervention_id}",
    response_model=InterventionOut,
    responses=documents.PROBLEMS,
    dependencies=[Depends(reader)],
    summary="Climate around one event",
)
def intervention(request: Request, connection: Reading, intervention_id: RegisteredId) -> Response:
    """Answer the change of each unit around the event, compared with other dates.

    A change at the same time can have another cause.

    Raises:
        Problem: the policy registers no such event.
    """
    found = {each.id: each for each in findings.interventions(connection)}.get(intervention_id)
    if found is None:
        raise Problem(NOT_FOUND)
    said = {language: sentences.of_intervention(found, {}, language) for language in Language}
    return answer(request, InterventionOut(finding=found, sentences=said))
