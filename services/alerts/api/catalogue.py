"""``GET /v1/catalogue``: every indicator that can be published, listed in the policy or not."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from models.climate.catalogue import CATALOGUE, Family, Indicator, Measure, Scope
from models.climate.windows import Cadence
from models.language.labels import Language
from services.alerts.api import documents
from services.alerts.api.access import reader
from services.alerts.api.answers import answer
from services.alerts.console.wording import wording

router = APIRouter(prefix="/v1", tags=["catalogue"], dependencies=[Depends(reader)])


class WordsOut(BaseModel):
    """The same in each language."""

    en: str
    nl: str
    fr: str


class CatalogueEntryOut(BaseModel):
    """One indicator and the rules that it is published under."""

    indicator: str = Field(examples=["valence"])
    family: Family
    names: WordsOut
    meanings: WordsOut = Field(description="What it measures, in one sentence.")
    unit_of_measure: Measure
    low: float | None = Field(description="Smallest value it can have; null where none is known.")
    high: float | None = Field(description="Largest value it can have; null where none is known.")
    told_of: Scope = Field(
        description="Every unit, those of the one level of replies, or the whole organisation."
    )
    cadences: list[Cadence]
    smallest_group: int | None = Field(
        description="Fewest contributors by its own rule, beside the policy's k; null where k alone"
        " counts."
    )
    interval: bool = Field(description="Whether it is told with an interval.")
    method: str = Field(examples=["docs/methods/valence.md"])


class CatalogueOut(BaseModel):
    """Every indicator, in the order in which they are published."""

    indicators: list[CatalogueEntryOut]


@router.get(
    "/catalogue",
    response_model=CatalogueOut,
    responses=documents.PROBLEMS,
    summary="What can be published",
)
def catalogue(request: Request) -> Response:
    """Answer what every indicator measures, on which scale and under which rules.

    Which of them are published is for the signed policy to say.
    """
    return answer(request, CatalogueOut(indicators=[_entry(one) for one in CATALOGUE]))


def _entry(one: Indicator) -> CatalogueEntryOut:
    names = {str(language): wording(language).indicator(one.id) for language in Language}
    meanings = {str(language): wording(language).meaning(one.id) for language in Language}
    return CatalogueEntryOut(
        indicator=one.id,
        family=one.family,
        names=WordsOut.model_validate(names),
        meanings=WordsOut.model_validate(meanings),
        unit_of_measure=one.measure,
        low=one.low,
        high=one.high,
        told_of=one.scope,
        cadences=list(one.cadences),
        smallest_group=one.smallest,
        interval=one.interval,
        method=f"docs/methods/{one.page}.md",
    )
