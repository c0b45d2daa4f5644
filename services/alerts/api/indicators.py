"""``GET /v1/indicators``: published values; suppressed, empty and unknown look the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from models.climate.windows import Cadence
from services.alerts import indicators
from services.alerts.api import documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer
from services.alerts.indicators import ClosedWindow, PublishedValue

METHOD: Final = "1"
"""Version of the way in which values are made and released."""
router = APIRouter(prefix="/v1", tags=["indicators"], dependencies=[Depends(reader)])


class Filter(BaseModel):
    """What may be asked for.  A closed list: a free filter could ask for a smaller group."""

    model_config = ConfigDict(extra="forbid")

    cadence: Cadence | None = Field(None, description="Only windows of this length.")
    window_start: date | None = Field(
        None, description="Only windows that begin on this day; else the newest of each length."
    )


class WindowOut(BaseModel):
    """A window that has closed."""

    cadence: Cadence
    start: date
    end: date = Field(description="First day after the window.")


class IndicatorOut(BaseModel):
    """One published value."""

    indicator: str = Field(examples=["valence"])
    unit: str = Field(examples=["operations"])
    window: WindowOut
    value: float = Field(examples=[0.12])
    contributors: str = Field(
        description="How many people contributed, as a band; with noise, that at least k did.",
        examples=["25-49"],
    )
    noise: float | None = Field(
        description="Noise was added that keeps 90 % of such values within this of what they were "
        "before, either way; null where none was.",
        examples=[0.03],
    )


class IndicatorsOut(BaseModel):
    """Published values of one window of each length."""

    as_of: datetime | None = Field(description="When the newest of these windows closed.")
    method_version: str = METHOD
    revision: int = Field(0, description="Published values are never restated.")
    withheld: bool = Field(
        description="Something is not shown; it is never said what, or whether it exists."
    )
    windows: list[WindowOut] = Field(description="Every window that has closed, newest first.")
    indicators: list[IndicatorOut]


def _window(window: ClosedWindow) -> WindowOut:
    return WindowOut(cadence=window.cadence, start=window.start, end=window.end)


def _value(value: PublishedValue) -> IndicatorOut:
    window = WindowOut(cadence=value.cadence, start=value.window_start, end=value.window_end)
    return IndicatorOut(
        indicator=value.indicator,
        unit=value.unit,
        window=window,
        value=value.value,
        contributors=value.band,
        noise=value.margin,
    )


def _chosen(closed: tuple[ClosedWindow, ...], wanted: Filter) -> list[ClosedWindow]:
    """The windows asked for: of each length the one that begins then, else the newest."""
    newest: dict[Cadence, ClosedWindow] = {}
    for window in closed:
        if wanted.cadence in {None, window.cadence} and wanted.window_start in {None, window.start}:
            newest.setdefault(window.cadence, window)
    return list(newest.values())


@router.get(
    "/indicators",
    response_model=IndicatorsOut,
    responses=documents.PROBLEMS,
    summary="Published indicators",
)
def published(
    request: Request, connection: Reading, wanted: Annotated[Filter, Query()]
) -> Response:
    """Answer what was published for one window of each length.

    A unit, window or indicator that is not in the answer was withheld, is empty or does not
    exist: these three cannot be told apart.
    """
    closed = indicators.windows(connection)
    chosen = _chosen(closed, wanted)
    values = [v for w in chosen for v in indicators.cells(connection, w.cadence, w.start)]
    body = IndicatorsOut(
        as_of=max((window.closed_at for window in chosen), default=None),
        withheld=not chosen or any(window.withheld for window in chosen),
        windows=[_window(window) for window in closed],
        indicators=[_value(value) for value in values],
    )
    return answer(request, body)
