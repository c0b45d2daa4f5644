"""The section of the page on the last 48 hours of the whole organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.alerts.console.chart import Chart, Line, chart
from services.alerts.console.wording import Wording
from services.alerts.indicators import HOURS_SHOWN, PublishedHour


@dataclass(frozen=True, slots=True)
class Row:
    """One hour of the table; an hour that is not shown has no text."""

    hour: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """The section.

    Attributes:
        line: The hours, oldest first; those that are not shown are gaps.
        rows: The same hours, newest first.
        hours: So many.
    """

    line: Chart
    rows: tuple[Row, ...]
    hours: int = HOURS_SHOWN


def section(found: Sequence[PublishedHour], words: Wording) -> Pulse | None:
    """Lay out the section; None where no hour was ever published.

    Args:
        found: What is published of the last hours, oldest first.
        words: The reader's language.
    """
    if not found:
        return None
    starts = [found[-1].start - timedelta(hours=back) for back in reversed(range(HOURS_SHOWN))]
    known = {one.start: one.value for one in found}
    values = [known.get(start) for start in starts]
    labels = [words.hour(start) for start in starts]
    rows = [
        Row(label, None if value is None else words.score(value))
        for label, value in zip(labels, values, strict=True)
    ]
    line = Line(words.say("pulse_value"), values, "circle", "first")
    return Pulse(chart(labels, [line]), tuple(reversed(rows)))
