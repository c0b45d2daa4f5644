"""The newest published values for Prometheus: no timestamps, no counts, no sign of what is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from typing_extensions import override

from models.climate.catalogue import BY_ID, PULSE, Measure
from models.language.labels import Language
from services.alerts import indicators
from services.alerts.console.wording import wording
from services.alerts.indicators import ClosedWindow, PublishedHour, PublishedValue

FAMILIES: Final[Mapping[Measure, tuple[str, str]]] = {
    Measure.SCORE: ("barograph_indicator_score", "Published indicators with a sign."),
    Measure.RATIO: ("barograph_indicator_ratio", "Published indicators from 0 to 1."),
    Measure.NUMBER: ("barograph_indicator_number", "Published indicators that are a number."),
}
"""Name and help of the metric of each unit of measure."""
LEAST_TOTAL: Final = 10
"""Of fewer cells than this, even their number could speak of one unit."""


@dataclass(slots=True)
class Looked:
    """When the closing loop last looked for due windows without a fault."""

    at: datetime | None = None


class Published(Collector):
    """The values of one reading of the database."""

    def __init__(
        self,
        values: Sequence[PublishedValue],
        levels: dict[str, int],
        newest: Sequence[ClosedWindow],
        hour: PublishedHour | None = None,
    ) -> None:
        self._values, self._levels, self._newest = values, levels, newest
        self._hour = hour

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield each family; a value that is not published has no sample, not 0 and not NaN."""
        labels = ["indicator", "unit", "level"]
        families = {
            measure: GaugeMetricFamily(name, text, labels=labels)
            for measure, (name, text) in FAMILIES.items()
        }
        for value in self._values:
            level = str(self._levels.get(value.unit, ""))
            families[BY_ID[value.indicator].measure].add_metric(
                [value.indicator, value.unit, level], value.value
            )
        shown = {value.indicator for value in self._values}
        if self._hour is not None:
            level = str(self._levels.get(self._hour.unit, ""))
            families[PULSE.measure].add_metric([PULSE.id, self._hour.unit, level], self._hour.value)
            shown.add(PULSE.id)
        yield from families.values()
        yield self._ends()
        yield _info(sorted(shown))
        published = sum(window.published for window in self._newest)
        withheld = sum(window.withheld for window in self._newest)
        if published + withheld >= LEAST_TOTAL:
            yield GaugeMetricFamily(
                "barograph_cells_published", "Units shown in the newest windows.", published
            )
            yield GaugeMetricFamily(
                "barograph_cells_suppressed",
                "Units due and not shown in the newest windows.",
                withheld,
            )

    def _ends(self) -> Metric:
        family = GaugeMetricFamily(
            "barograph_indicator_window_end_timestamp_seconds",
            "End of the newest window with this indicator.",
            labels=["indicator"],
        )
        ends: dict[str, date] = {}
        for value in self._values:
            ends[value.indicator] = max(value.window_end, ends.get(value.indicator, date.min))
        for indicator, end in sorted(ends.items()):
            family.add_metric([indicator], datetime.combine(end, time(), UTC).timestamp())
        if self._hour is not None:
            family.add_metric([PULSE.id], self._hour.end.timestamp())
        return family


def _info(shown: Iterable[str]) -> Metric:
    family = GaugeMetricFamily(
        "barograph_indicator_info",
        "What an indicator is called.",
        labels=["indicator", *(f"name_{language}" for language in Language), "unit_of_measure"],
    )
    for indicator in shown:
        names = [wording(language).indicator(indicator) for language in Language]
        family.add_metric([indicator, *names, BY_ID[indicator].measure.value], 1)
    return family


def page(connection: Connection) -> bytes:
    """The whole page from one reading; its values change only when a window or an hour closes."""
    newest: dict[str, ClosedWindow] = {}
    for window in indicators.windows(connection):
        newest.setdefault(window.cadence, window)
    values: dict[tuple[str, str], PublishedValue] = {}
    for window in sorted(newest.values(), key=lambda each: each.end - each.start):
        for value in indicators.cells(connection, window.cadence, window.start):
            values.setdefault((value.indicator, value.unit), value)  # the finest cadence
    levels = {unit.id: unit.level for unit in indicators.units(connection)}
    registry = CollectorRegistry(auto_describe=False)
    hour = next(reversed(indicators.hours(connection)), None)
    registry.register(Published(list(values.values()), levels, list(newest.values()), hour))
    return generate_latest(registry)
