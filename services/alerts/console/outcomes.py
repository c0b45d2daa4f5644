"""The section of the page that puts the climate beside business figures and dated events."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlalchemy import Connection

from models.language.labels import Language
from services.alerts import indicators
from services.alerts.console.chart import Chart, Line, chart
from services.alerts.outcomes import findings, sentences
from services.alerts.outcomes.findings import (
    InterventionFinding,
    LinesShown,
    MonthShown,
    OutcomeFinding,
)

ROUND_STEPS: Final = (1, 2, 5, 10)
LEAST_STEPS: Final = 4
"""Grid lines of the figure's own scale, as of the climate's."""


@dataclass(frozen=True, slots=True)
class Row:
    """One month of the table; a gap has no text."""

    month: str
    climate: str | None
    figure: str | None


@dataclass(frozen=True, slots=True)
class Lines:
    """Both lines of one unit, each on its own scale."""

    unit: str
    climate: Chart
    figure: Chart
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure or event: what it is called, what is said, and what is drawn."""

    id: str
    name: str
    said: tuple[str, ...]
    lines: tuple[Lines, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The section.

    Attributes:
        words: Its sentences by key.
        outcomes: Registered figures.
        events: Registered events, without lines.
    """

    words: Mapping[str, str]
    outcomes: tuple[Entry, ...]
    events: tuple[Entry, ...]


def read(connection: Connection, language: Language) -> Beside:
    """Work out the section from what readers may see."""
    units = {unit.id: unit.names[language] for unit in indicators.units(connection)}
    return section(
        findings.outcomes(connection), findings.interventions(connection), units, language
    )


def section(
    outcomes: Sequence[OutcomeFinding],
    interventions: Sequence[InterventionFinding],
    units: Mapping[str, str],
    language: Language,
) -> Beside:
    """Lay out the section.

    Args:
        outcomes: Registered figures.
        interventions: Registered events.
        units: What units are called in *language*.
        language: The reader's.
    """
    return Beside(
        words=sentences.catalogue(language),
        outcomes=tuple(
            Entry(
                each.id,
                getattr(each.names, language.value),
                sentences.of_outcome(each, units, language),
                tuple(_lines(lines, units, language) for lines in each.units if lines.months),
            )
            for each in outcomes
        ),
        events=tuple(
            Entry(
                each.id,
                getattr(each.names, language.value),
                sentences.of_intervention(each, units, language),
                (),
            )
            for each in interventions
        ),
    )


def round_step(values: Sequence[float]) -> float:
    """Distance of grid lines: 1, 2 or 5 times a power of ten, at least four over *values*.

    >>> round_step([3.1, 4.9]), round_step([120, 900])
    (0.2, 100.0)
    """
    spread = (max(values, default=0) - min(values, default=0)) / LEAST_STEPS
    spread = spread or max(abs(values[0]) if values else 0, 1) / 10
    power = 10.0 ** math.floor(math.log10(spread))
    return max(step * power for step in ROUND_STEPS if step * power <= spread * (1 + 1e-9))


def _lines(lines: LinesShown, units: Mapping[str, str], language: Language) -> Lines:
    months = [format_date(m.month, "MMM y", locale=language.value) for m in lines.months]
    name = units.get(lines.unit, lines.unit)
    climate = [month.climate for month in lines.months]
    figure = [month.figure for month in lines.months]
    step = round_step([value for value in figure if value is not None])
    return Lines(
        name,
        chart(months, [Line(name, climate, "circle", "first")]),
        chart(months, [Line(name, figure, "square", "second")], step=step, bounds=None),
        tuple(
            Row(label, _climate(month, language), _figure(month, language))
            for label, month in zip(months, lines.months, strict=True)
        ),
    )


def _climate(month: MonthShown, language: Language) -> str | None:
    return None if month.climate is None else sentences.signed(month.climate, language)


def _figure(month: MonthShown, language: Language) -> str | None:
    if month.band is None:
        return _number(month.figure, language)
    low, high = (_number(edge, language) for edge in month.band)
    return sentences.say(language, "band", low=low, high=high)


def _number(value: float | None, language: Language) -> str | None:
    return None if value is None else format_decimal(value, locale=language.value)
