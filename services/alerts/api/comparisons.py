"""``GET /v1/comparisons``: units side by side, once a quarter; of each one of three things."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from models.language.labels import Language
from services.alerts.api import documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer
from services.alerts.console import comparison as sentences
from services.alerts.console.wording import wording
from services.alerts.ledger import comparisons
from services.alerts.ledger.comparisons import Comparison
from services.contracts.problems import NOT_FOUND, Problem

router = APIRouter(prefix="/v1", tags=["comparisons"], dependencies=[Depends(reader)])


class QuartersOut(BaseModel):
    """Quarters that were compared, oldest first."""

    quarters: list[str] = Field(examples=[["2026Q3", "2026Q4"]])


class ComparisonOut(BaseModel):
    """One quarter, and what is to be said with it."""

    finding: Comparison
    sentences: dict[Language, tuple[str, ...]] = Field(
        description="By language; show them with every finding."
    )


@router.get(
    "/comparisons",
    response_model=QuartersOut,
    responses=documents.PROBLEMS,
    summary="Quarters that were compared",
)
def listed(request: Request, connection: Reading) -> Response:
    """Answer which quarters have a finding."""
    return answer(request, QuartersOut(quarters=list(comparisons.quarters(connection))))


@router.get(
    "/comparisons/{quarter}",
    response_model=ComparisonOut,
    responses=documents.PROBLEMS | documents.of(NOT_FOUND),
    summary="Units side by side in one quarter",
)
def of_quarter(
    request: Request,
    connection: Reading,
    quarter: Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q4"])],
) -> Response:
    """Answer which units clearly differ from the others, and which cannot be told apart.

    It was found once, when the last four weeks of the quarter had closed, and is never found
    anew. There is no ranking: units stand in the order of their ids.

    Raises:
        Problem: the quarter was not compared.
    """
    found = comparisons.of_quarter(connection, quarter)
    if found is None:
        raise Problem(NOT_FOUND)
    said = {language: sentences.of_all(found, wording(language)) for language in Language}
    return answer(request, ComparisonOut(finding=found, sentences=said))
