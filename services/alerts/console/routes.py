"""Serves the page and its style; no script, no outside resource."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, cast

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, Engine

from models.climate.windows import Cadence
from models.language.labels import Language
from services.alerts import indicators
from services.alerts.console import chilling_effect, comparison, outcomes
from services.alerts.console.measured import measured
from services.alerts.console.view import OpenAlerts, View, view
from services.alerts.console.wording import Wording, preferred, wording
from services.alerts.ledger import comparisons

HERE: Final = Path(__file__).parent
WEEKS_SHOWN: Final = 13
DAYS_SHOWN: Final = 14
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}


@cache
def environment() -> Environment:
    """Return the templates: every value escaped, every unknown name an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def read(connection: Connection, chosen: str, words: Wording) -> View | None:
    """Work out the page from the read model."""
    weeks = indicators.windows(connection, Cadence.WEEK, limit=WEEKS_SHOWN)[::-1]
    fours = indicators.windows(connection, Cadence.FOUR_WEEKS, limit=4)[::-1]
    days = indicators.windows(connection, Cadence.DAY, limit=DAYS_SHOWN)[::-1]
    windows = (*days, *weeks, *fours)
    units = indicators.units(connection)
    cells = [c for w in windows for c in indicators.cells(connection, w.cadence, w.start)]
    return view(windows, units, cells, chosen, words)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says about the rules it runs under."""

    k: int
    purpose: str
    text_life_hours: int
    frozen_languages: Sequence[Language] = ()


@dataclass(frozen=True, slots=True)
class Console:
    """What these routes need; the lifespan of ``main`` provides it as ``state.console``."""

    engine: Engine
    facts: Facts
    alerts: Callable[[Connection, Wording], OpenAlerts]


router = APIRouter(include_in_schema=False)


def lifespan_console(request: Request) -> Console:
    """Give the lifespan's state its type back."""
    return cast("Console", request.state.console)


def compared(connection: Connection, words: Wording) -> comparison.SideBySide | None:
    """Work out the section of the newest quarter that was compared; None before the first."""
    found = comparisons.newest(connection)
    if found is None:
        return None
    names = {unit.id: unit.names[words.language] for unit in indicators.units(connection)}
    return comparison.section(found, names, words)


def render(  # noqa: PLR0913  parts of the page, the last four by name
    shown: View | None,
    told: OpenAlerts,
    words: Wording,
    facts: Facts,
    *,
    beside: outcomes.Beside | None = None,
    side_by_side: comparison.SideBySide | None = None,
    chilling: Sequence[chilling_effect.Row] = (),
    receipt: str | None = None,
) -> str:
    """Return the page as HTML.

    Args:
        shown: The week.
        told: Open alerts.
        words: The language.
        facts: Of this installation.
        beside: The section of business figures and events.
        side_by_side: The section of units compared.
        chilling: Rows of the section that asks whether measuring changes how people write.
        receipt: Id of the latest week's, to link to.
    """
    return (
        environment()
        .get_template("page.html")
        .render(
            view=shown,
            told=told,
            w=words,
            say=words.say,
            languages=[(one.value, wording(one).say("language")) for one in Language],
            facts=facts,
            measured=measured(words, facts.k),
            beside=beside,
            compared=side_by_side,
            chilling=chilling,
            receipt=receipt,
        )
    )


@router.get("/")
def page(
    console: Annotated[Console, Depends(lifespan_console)],
    lang: Annotated[str, Query(max_length=8)] = "",
    unit: Annotated[str, Query(max_length=63)] = "",
    accept_language: Annotated[str | None, Header()] = None,
) -> HTMLResponse:
    """Show the page."""
    words = wording(preferred(lang, accept_language))
    with console.engine.connect() as connection:
        shown = read(connection, unit, words)
        told = console.alerts(connection, words)
        beside = outcomes.read(connection, words.language)
        side_by_side = compared(connection, words)
        chilling = chilling_effect.read(connection, words)
        receipt = indicators.newest_receipt(connection, Cadence.WEEK)
    html = render(
        shown,
        told,
        words,
        console.facts,
        beside=beside,
        side_by_side=side_by_side,
        chilling=chilling,
        receipt=receipt,
    )
    return HTMLResponse(html, headers={**HEADERS, "Vary": "Accept-Language"})


@router.get("/static/{name}")
def static(name: Literal["page.css", "barograph.svg"]) -> FileResponse:
    """Serve the page's own files."""
    return FileResponse(HERE / "static" / name, headers={"X-Content-Type-Options": "nosniff"})
