"""The section of the page on replies between units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.climate.catalogue import BY_ID, NETWORK, Indicator, Scope
from services.alerts.console.wording import Wording
from services.alerts.indicators import PublishedValue, UnitInfo


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A unit and its figures, in the order of the columns; None where nothing is published."""

    name: str
    figures: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Networks:
    """Figures of the latest week that are made of replies.

    Attributes:
        columns: What the figures of units are called.
        rows: Units of which any is published.
        whole: Name and value of each figure of the whole organisation that is published.
    """

    columns: tuple[str, ...]
    rows: tuple[NetworkRow, ...]
    whole: tuple[tuple[str, str], ...]


def networks(
    published: Iterable[PublishedValue], units: Sequence[UnitInfo], wording: Wording
) -> Networks:
    """Lay out what is published of one week.

    Args:
        published: Everything that is published of it.
        units: In the order of the page.
        wording: The reader's language.
    """
    found = {
        (value.unit, value.indicator): value.value
        for value in published
        if BY_ID[value.indicator] in NETWORK
    }

    def told(unit: UnitInfo, one: Indicator) -> str | None:
        value = found.get((unit.id, one.id))
        return None if value is None else wording.figure(one.id, value)

    columns = [one for one in NETWORK if one.scope is Scope.REPLY_LEVEL]
    rows = [
        NetworkRow(unit.names[wording.language], tuple(told(unit, one) for one in columns))
        for unit in units
    ]
    whole = [
        (wording.indicator(one.id), text)
        for one in NETWORK
        if one.scope is Scope.ORGANISATION and (text := told(units[0], one)) is not None
    ]
    return Networks(
        columns=tuple(wording.indicator(one.id) for one in columns),
        rows=tuple(row for row in rows if any(row.figures)),
        whole=tuple(whole),
    )
