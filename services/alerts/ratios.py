"""Figures of the whole organisation as two numbers each, and what is published of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, select

from models.climate import catalogue
from models.climate.disclosure.coarsening import band, fewest
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.release import PublishedCell, published_figure
from models.climate.windows import Window
from services.alerts.tables.released import RELEASED_RATIO

KEPT: Final = (*catalogue.COVERAGE, *catalogue.ANSWERS, *catalogue.ADOPTION)
"""Indicators that are kept so, in the catalogue's order."""


def keep(
    connection: Connection, window: Window, unit: str, contributors: int, found: Iterable[Ratio]
) -> None:
    """Keep what may be known of *unit*, to which so many people contributed, roughly."""
    rows = [
        {
            "indicator": ratio.indicator,
            "unit": unit,
            "cadence": window.cadence.value,
            "window_start": window.start,
            "part": ratio.part,
            "whole": ratio.whole,
            "band": band(contributors),
        }
        for ratio in found
    ]
    if rows:
        connection.execute(RELEASED_RATIO.insert(), rows)


def made_again(connection: Connection, window: Window) -> list[PublishedCell]:
    """The figures of what was kept of *window*, in the catalogue's order."""
    ratio = RELEASED_RATIO.c
    found = connection.execute(
        select(RELEASED_RATIO).where(
            ratio.cadence == window.cadence.value, ratio.window_start == window.start
        )
    )
    rows = {row.indicator: row for row in found}
    return [
        published_figure(
            one.id, row.unit, window, Ratio(one.id, row.part, row.whole).share, fewest(row.band)
        )
        for one in KEPT
        if (row := rows.get(one.id)) is not None
    ]
