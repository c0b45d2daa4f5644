"""``GET /v1/pulse``: the whole organisation by the hour; what is not shown has no reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.alerts import indicators
from services.alerts.api import documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer
from services.alerts.indicators import PublishedHour

router = APIRouter(prefix="/v1", tags=["pulse"], dependencies=[Depends(reader)])


class DayFilter(BaseModel):
    """What may be asked for.  A closed list: there is no pulse of anything smaller."""

    model_config = ConfigDict(extra="forbid")

    day: date | None = Field(
        None, description="Hours of this day of UTC; else the last 48 up to the newest one."
    )


class HourOut(BaseModel):
    """One published hour."""

    unit: str = Field(description="The whole organisation.", examples=["acme"])
    start: datetime
    end: datetime
    value: float = Field(description="In steps of 0.05.", examples=[0.15])
    contributors: str = Field(
        description="How many people contributed, as a band.", examples=["100+"]
    )


class PulseOut(BaseModel):
    """The pulse, oldest hour first."""

    revision: int = Field(0, description="Published values are never restated.")
    hours: list[HourOut]


@router.get(
    "/pulse",
    response_model=PulseOut,
    responses=documents.PROBLEMS,
    summary="The whole organisation by the hour",
)
def pulse(request: Request, connection: Reading, wanted: Annotated[DayFilter, Query()]) -> Response:
    """Answer the hours that are published.

    An hour that is not in the answer was kept back, is silent or has not been decided: these
    cannot be told apart.
    """
    found = indicators.hours(connection, wanted.day)
    return answer(request, PulseOut(revision=0, hours=[_hour(one) for one in found]))


def _hour(one: PublishedHour) -> HourOut:
    return HourOut(
        unit=one.unit, start=one.start, end=one.end, value=one.value, contributors=one.band
    )
