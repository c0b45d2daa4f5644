"""Closed weeks and four weeks of an organisation in which some people write of leaving."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from models.climate.detection.wave_panel import ReleasedSignal
from models.climate.windows import FIRST_BLOCK, Cadence, Window, four_weeks_of, week_of
from services.alerts.tables.released import (
    PUBLISHED_CELL,
    RECEIPT,
    RELEASED_STATISTIC,
    UNIT,
    WINDOW_SUMMARY,
)
from tests.models.climate.detection.signals import SHAPE, UNITS, released

LEAVING = "turnover_intent"
QUARTER = "2024Q1"
CLOSED = datetime(2026, 11, 20, 6, tzinfo=UTC)
MODEL = "tuned-1"


def block(number: int) -> Window:
    """The four weeks of that number."""
    return four_weeks_of(FIRST_BLOCK + timedelta(weeks=4 * number))


def _valence(one: ReleasedSignal) -> float:
    """Something that wavers from week to week, of each unit in its own way."""
    seed = [one.window.start.toordinal(), *map(ord, one.unit)]
    return 0.1 + 0.02 * float(np.random.default_rng(seed).standard_normal())


@dataclass
class Leaving:
    """Writes what was released and published, four weeks at a time.

    Attributes:
        connection: Where.
        counts: Of each department, people with the signal in every week.
        hidden: Units of which shares were released and no value is to be seen.
        closed_at: When windows close.
        valence: Whether the policy publishes valence, too.
        models: What scores blocks instead of ``MODEL``, by number.
    """

    connection: Connection
    counts: Mapping[str, NDArray[np.int64]]
    hidden: Collection[str] = ()
    closed_at: datetime = CLOSED
    valence: bool = True
    models: Mapping[int, str] = field(default_factory=dict)

    def plant(self, eligible: Mapping[str, int] | None = None) -> None:
        """Write the tree."""
        people = {unit: UNITS.eligible(unit) for unit in SHAPE} | dict(eligible or {})
        rows = [
            {
                "quarter": QUARTER,
                "id": unit,
                "parent": parent,
                "name_en": f"The {unit}",
                "name_nl": f"De {unit}",
                "name_fr": f"Le {unit}",
                "level": UNITS.level(unit),
                "place": place,
                "eligible": people[unit],
            }
            for place, (unit, parent) in enumerate(SHAPE.items())
        ]
        self.connection.execute(UNIT.insert(), rows)

    def close(self, first: int, count: int) -> list[date]:
        """Close so many blocks and the weeks in them; the first day of each."""
        signals = released(self.counts)
        for number in range(first, first + count):
            whole = block(number)
            model = self.models.get(number, MODEL)
            for week in whole.split(Cadence.WEEK):
                self._week(week, [one for one in signals if one.window == week], model)
            self._close(whole, model)
        return [block(number).start for number in range(first, first + count)]

    def _week(self, week: Window, found: list[ReleasedSignal], model: str) -> None:
        self._close(week, model)
        sums = [self._sums(one) for one in found]
        cells = [self._cell(one) for one in found if one.unit not in self.hidden]
        self.connection.execute(RELEASED_STATISTIC.insert(), sums)
        self.connection.execute(PUBLISHED_CELL.insert(), cells)

    def _close(self, window: Window, model: str) -> None:
        named = {"cadence": window.cadence.value, "window_start": window.start}
        receipt = f"{window.cadence.value} {window.start}"
        body = json.dumps({"models": [model]})
        self.connection.execute(RECEIPT.insert().values(id=receipt, body=body, **named))
        self.connection.execute(
            WINDOW_SUMMARY.insert().values(
                window_end=window.end_exclusive, quarter=QUARTER, published=1, withheld=0, lost=0,
                gateways_left_out=0, closed_at=self.closed_at, **named,
            )
        )  # fmt: skip

    def _sums(self, one: ReleasedSignal) -> dict[str, Any]:
        return {
            "unit": one.unit,
            "cadence": Cadence.WEEK.value,
            "window_start": one.window.start,
            "weight": 10 * one.contributors if self.valence else 0,
            "weighted_micro": round(10 * one.contributors * _valence(one) * 1e6),
            "contributors": one.contributors,
            "n_eff": float(one.contributors),
            "squares_micro": 0,
            "shares": json.dumps({LEAVING: one.with_signal}),
        }

    def _cell(self, one: ReleasedSignal) -> dict[str, Any]:
        return {
            "indicator": LEAVING,
            "unit": one.unit,
            "cadence": Cadence.WEEK.value,
            "window_start": one.window.start,
            "window_end": one.window.end_exclusive,
            "value": round(one.with_signal / one.contributors, 2),
            "band": "100+",
            "published_at": self.closed_at,
            "receipt_id": f"{week_of(one.window.start).cadence.value} {one.window.start}",
        }
