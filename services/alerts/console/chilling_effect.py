"""The section of the page that asks whether being measured changes how people write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from models.climate.catalogue import ACTIVITY, CONVERSATION, PARTICIPATION, SIGNALS, VALENCE
from models.climate.detection.own_range import WEEKS, own_range
from models.climate.windows import Cadence
from services.alerts import indicators
from services.alerts.console.wording import Wording

WATCHED: Final = tuple(one.id for one in (PARTICIPATION, ACTIVITY, CONVERSATION, VALENCE, *SIGNALS))
"""People who fall silent write less, answer less, and say less of what is not well."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its name, its latest value, its range in the weeks before, what that means."""

    name: str
    latest: str
    before: str
    said: str


def read(connection: Connection, words: Wording) -> tuple[Row, ...]:
    """Work out the section of the newest week from the read model; empty before the first."""
    newest = indicators.windows(connection, Cadence.WEEK, limit=1)
    roots = [unit for unit in indicators.units(connection) if unit.parent is None]
    if not newest or not roots:
        return ()
    series = {
        name: {
            value.window_start: value.value
            for value in indicators.series(connection, roots[0].id, name)
            if value.cadence is Cadence.WEEK
        }
        for name in WATCHED
    }
    return rows(series, newest[0].start, words)


def rows(
    series: Mapping[str, Mapping[date, float]], latest: date, words: Wording
) -> tuple[Row, ...]:
    """Put each figure of the *latest* week beside its own weeks before.

    A figure that is not published has no row, whatever the cause.

    Args:
        series: Published values of the whole organisation by the week, of each figure.
        latest: First day of the newest week.
        words: The reader's language.
    """
    weeks = [latest - timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    return tuple(
        _row(name, values[latest], [values[week] for week in weeks if week in values], words)
        for name, values in series.items()
        if latest in values
    )


def _row(name: str, latest: float, before: Sequence[float], words: Wording) -> Row:
    found = own_range(before, latest)
    shown = words.figure(name, latest)
    if found is None:
        return Row(words.indicator(name), shown, "-", words.say("chilling_too_few"))
    spelled = words.say(
        "scale_of", low=words.figure(name, found.low), high=words.figure(name, found.high)
    )
    said = words.say(f"chilling_{found.standing}", weeks=found.weeks)
    return Row(words.indicator(name), shown, spelled, said)
