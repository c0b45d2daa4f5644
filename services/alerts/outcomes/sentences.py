"""All that is said of a finding: fixed sentences, the same on the page and in the interface."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from models.climate.outcomes.association import LAGS
from models.language.labels import Language
from services.alerts.outcomes.findings import (
    ChangeShown,
    InterventionFinding,
    LinesShown,
    OutcomeFinding,
)

FOLDER: Final = Path(__file__).with_name("words")

UnitNames = Mapping[str, str]


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Sentences of *language* by key, with named places to fill in."""
    return tomllib.loads((FOLDER / f"{language.value}.toml").read_text(encoding="utf-8"))


def say(language: Language, key: str, **filled: object) -> str:
    """The sentence *key*, its places filled in.

    Raises:
        KeyError: the catalogue has no such sentence.
    """
    return catalogue(language)[key].format(**filled)


def of_outcome(finding: OutcomeFinding, units: UnitNames, language: Language) -> tuple[str, ...]:
    """What is said of one figure, what holds for all units first.

    Args:
        finding: The figure.
        units: What its units are called; one that has no name is called by its id.
        language: The reader's.
    """
    said = [
        say(language, "note"),
        say(language, f"good_{finding.good}"),
        say(language, "registered", day=_day(finding.registered, language)),
        say(language, "lag_strongest", lags=len(LAGS))
        if finding.lag is None
        else say(language, "lag_registered", lag=finding.lag),
    ]
    if panel := finding.panel:
        figures = _interval(panel.coefficient, panel.low, panel.high, "coefficient", language)
        counts = {"units": panel.units, "months": panel.months, "pairs": panel.pairs}
        said.append(say(language, "panel", lag=panel.lag, **counts, **figures))
    elif any(lines.silence == "in_panel" for lines in finding.units):
        said.append(say(language, "panel_nothing"))
    if not finding.units:
        said.append(say(language, "no_units"))
    return (*said, *(_of_lines(lines, units, language) for lines in finding.units))


def of_intervention(
    finding: InterventionFinding, units: UnitNames, language: Language
) -> tuple[str, ...]:
    """What is said of one event; the arguments are those of ``of_outcome``."""
    said = [
        say(language, "event_note"),
        say(language, "event_day", day=_day(finding.date, language)),
        say(language, "registered", day=_day(finding.registered, language)),
    ]
    if not finding.beforehand:
        said.append(say(language, "event_late"))
    return (*said, *(_of_change(change, units, language) for change in finding.units))


def _of_lines(lines: LinesShown, units: UnitNames, language: Language) -> str:
    unit = units.get(lines.unit, lines.unit)
    found = lines.association
    if found is None:
        return say(language, str(lines.silence), unit=unit, months=lines.known)
    return say(
        language,
        "coefficient",
        unit=unit,
        lag=found.lag,
        p=_p(found.p_value, language),
        adjusted=_p(found.p_adjusted, language),
        hypotheses=found.hypotheses,
        months=found.months,
        **_interval(found.coefficient, found.low, found.high, "coefficient", language),
    )


def _of_change(change: ChangeShown, units: UnitNames, language: Language) -> str:
    unit = units.get(change.unit, change.unit)
    found = change.effect
    if found is None:
        return say(language, "event_nothing", unit=unit)
    return say(
        language,
        "event",
        unit=unit,
        p=_p(found.p_value, language),
        dates=found.placebos + 1,
        adjusted=_p(found.p_adjusted, language),
        hypotheses=found.hypotheses,
        **_interval(found.effect, found.low, found.high, "effect", language),
    )


def _interval(
    value: float, low: float, high: float, name: str, language: Language
) -> dict[str, str]:
    return {
        name: signed(value, language),
        "low": signed(low, language),
        "high": signed(high, language),
    }


def signed(value: float, language: Language) -> str:
    """A valence or a coefficient with two decimals and its sign; zero has none."""
    pattern = "+0.00;-0.00" if round(value, 2) else "0.00"
    return format_decimal(value or 0.0, pattern, locale=language.value)


def _p(value: float, language: Language) -> str:
    return format_decimal(value, "0.000", locale=language.value)


def _day(day: date, language: Language) -> str:
    return format_date(day, "long", locale=language.value)
