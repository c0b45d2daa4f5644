"""``GET /v1/units``: what the organisation looks like; how many people it has is not said."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from services.alerts import indicators
from services.alerts.api import documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer

router = APIRouter(prefix="/v1", tags=["units"], dependencies=[Depends(reader)])


class NamesOut(BaseModel):
    """What the unit is called."""

    en: str = Field(examples=["Operations"])
    nl: str = Field(examples=["Operaties"])
    fr: str = Field(examples=["Opérations"])


class UnitOut(BaseModel):
    """One unit."""

    id: str = Field(examples=["operations"])
    parent: str | None = Field(description="None for the whole organisation.")
    level: int = Field(description="0 for the whole organisation.", examples=[1])
    names: NamesOut


class UnitsOut(BaseModel):
    """The newest tree, parents before children."""

    units: list[UnitOut]


@router.get(
    "/units", response_model=UnitsOut, responses=documents.PROBLEMS, summary="The unit tree"
)
def units(request: Request, connection: Reading) -> Response:
    """Answer every unit of the newest tree, whether anything is published of it or not."""
    found = [
        UnitOut(
            id=unit.id,
            parent=unit.parent,
            level=unit.level,
            names=NamesOut.model_validate(dict(unit.names)),
        )
        for unit in indicators.units(connection)
    ]
    return answer(request, UnitsOut(units=found))
