"""``GET /v1/receipts/{id}``: under which rules a window was released; counts, never a unit."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from services.alerts import ledger
from services.alerts.api import documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer
from services.alerts.api.indicators import WindowOut
from services.contracts.problems import NOT_FOUND, Problem

router = APIRouter(prefix="/v1", tags=["receipts"], dependencies=[Depends(reader)])


class ModelOut(BaseModel):
    """A language model that scored messages of the window."""

    name: str = Field(examples=["e5-tuned-2026.1"])
    weights: dict[str, str] = Field(
        description="SHA-256 of its files by name; empty where the shipped registry has none."
    )


class ReceiptOut(BaseModel):
    """What was decided for one window. Why something is not shown is not in it."""

    id: str
    format: int = Field(description="How it is written; format 1 names no weights and readers.")
    window: WindowOut
    units_published: int
    units_withheld: int = Field(description="Units that were due and are not shown.")
    values_published: int
    k: int = Field(description="Fewest contributors of a published value.", examples=[10])
    policy: str = Field(description="Fingerprint of the signed policy in force.")
    models: list[ModelOut]
    code: str = Field(description="Version of the program.")
    quarter: str = Field(description="The unit tree.", examples=["2026Q4"])
    recipients: list[str] = Field(
        description="Exits that could read it, such as page or webhook:ep_1; never a person."
    )
    budget_spent: float | None = Field(description="Differential privacy; None while it is off.")
    budget_left: float | None = Field(description="What its four weeks have left.")


@router.get(
    "/receipts/{receipt_id}",
    response_model=ReceiptOut,
    responses=documents.PROBLEMS | documents.of(NOT_FOUND),
    summary="A receipt",
)
def receipt(
    request: Request,
    connection: Reading,
    receipt_id: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="Its id.")],
) -> Response:
    """Answer under which rules a window was released, and how to name it when checking.

    `barograph replay` makes what was published again, `barograph verify-ledger` finds any later
    change; both need the database and no service.

    Raises:
        Problem: there is no such receipt, or it is no longer what its id says.
    """
    found = ledger.sound_receipt(connection, receipt_id)
    if found is None:
        raise Problem(NOT_FOUND)
    window = found.window
    body = ReceiptOut(
        id=receipt_id,
        format=found.format,
        window=WindowOut(cadence=window.cadence, start=window.start, end=window.end_exclusive),
        units_published=found.units_published,
        units_withheld=found.withheld,
        values_published=found.published,
        k=found.k,
        policy=found.policy,
        models=[
            ModelOut(name=name, weights=dict(found.weights.get(name, {}))) for name in found.models
        ],
        code=found.code,
        quarter=found.quarter,
        recipients=list(found.recipients),
        budget_spent=found.budget_spent,
        budget_left=found.budget_left,
    )
    return answer(request, body)
