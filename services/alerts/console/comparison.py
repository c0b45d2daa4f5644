"""The section of the page that puts units side by side, in fixed sentences and without a rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.alerts.console.wording import Wording
from services.alerts.ledger.comparisons import Comparison


@dataclass(frozen=True, slots=True)
class Row:
    """One unit: its name, what is said of it, its estimate and the interval."""

    name: str
    standing: str
    estimate: str
    interval: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The section.

    Attributes:
        quarter: Such as ``2026Q4``.
        said: What holds for all units.
        rows: By name, so that no order can be read as a rank.
    """

    quarter: str
    said: tuple[str, ...]
    rows: tuple[Row, ...]


def section(found: Comparison, names: Mapping[str, str], words: Wording) -> SideBySide:
    """Lay out the section.

    Args:
        found: The newest finding.
        names: What units are called; one that has no name is called by its id.
        words: The reader's language.
    """
    rows = [
        Row(
            name=names.get(one.unit, one.unit),
            standing=words.say(f"compared_{one.standing}"),
            estimate=words.score(one.estimate),
            interval=words.say(
                "compared_interval", low=words.score(one.low), high=words.score(one.high)
            ),
        )
        for one in found.units
    ]
    by_name = sorted(rows, key=lambda row: row.name.casefold())
    return SideBySide(found.quarter, of_all(found, words), tuple(by_name))


def of_all(found: Comparison, words: Wording) -> tuple[str, ...]:
    """What is said of the comparison as a whole; it belongs beside every finding."""
    over = words.say(
        "compared_over",
        start=words.day(found.start),
        end=words.day(found.end - timedelta(days=1)),
        weeks=found.weeks,
    )
    if found.compared == 0:
        return over, words.say("compared_none")
    return (
        over,
        words.say("compared_units", count=found.compared),
        words.say("compared_wrong", share=words.percent(found.wrong_share)),
        words.say("compared_note"),
    )
