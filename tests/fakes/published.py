"""Closed weeks as publication leaves them: an organisation of three levels, written directly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from models.climate.windows import Cadence
from services.alerts.tables.released import (
    PUBLISHED_CELL,
    RECEIPT,
    RELEASED_STATISTIC,
    UNIT,
    WINDOW_SUMMARY,
)

MONDAY = date(2025, 8, 4)
CLOSED = datetime(2026, 11, 20, 6, tzinfo=UTC)
QUARTER = "2026Q3"
WEIGHT = 1_000
REST = 20_000
"""Weight of everybody else, who are in no department that is shown and never change."""
USUAL = 0.2
NOISE = 0.03
"""By which a department is above its usual, at it, below it and at it, week by week."""
DEPARTMENTS = ("north.sales", "north.support", "south.plant", "south.stock")
PHASE = dict(zip(DEPARTMENTS, (3, 1, 0, 2), strict=True))
PARENTS = {
    "org": None,
    "north": "org",
    "south": "org",
    **{unit: unit.partition(".")[0] for unit in DEPARTMENTS},
}


def monday(week: int) -> date:
    """First day of the week of that number."""
    return MONDAY + timedelta(weeks=week)


def _wave(week: int) -> int:
    return (0, 1, 0, -1)[week % 4]


@dataclass
class Published:
    """Writes week after week.

    Attributes:
        connection: Where.
        contributors: Of every department.
        hidden: Units with sums but without a value that people can see.
        models: What scores the weeks.
        rest: Where everybody else stands.
        next_week: Number of the next week; above 0 the tree is there already.
    """

    connection: Connection
    contributors: int = 40
    hidden: tuple[str, ...] = ()
    models: tuple[str, ...] = ("tuned-1",)
    rest: float = USUAL
    next_week: int = 0

    def __post_init__(self) -> None:
        """Write the tree."""
        if self.next_week:
            return
        self.connection.execute(
            UNIT.insert(),
            [
                {
                    "quarter": QUARTER,
                    "id": unit,
                    "parent": parent,
                    "name_en": f"The {unit}",
                    "name_nl": f"De {unit}",
                    "name_fr": f"Le {unit}",
                    "level": 0 if parent is None else 1 + unit.count("."),
                    "place": place,
                    "eligible": 100,
                }
                for place, (unit, parent) in enumerate(PARENTS.items())
            ],
        )

    def week(self, valence: Mapping[str, float | None], closed_at: datetime = CLOSED) -> date:
        """Close the next week; None withholds a department, one not named is near 0.2."""
        start = monday(self.next_week)
        self.next_week += 1
        noise = {unit: USUAL + NOISE * _wave(self.next_week + PHASE[unit]) for unit in DEPARTMENTS}
        means = {unit: valence.get(unit, noise[unit]) for unit in DEPARTMENTS}
        shown = {unit: mean for unit, mean in means.items() if mean is not None}
        own = sum(noise[unit] if mean is None else mean for unit, mean in means.items())
        total = WEIGHT * len(means) + REST
        self._receipt(start)
        for unit, mean, weight in (
            ("org", (WEIGHT * own + REST * self.rest) / total, total),
            *((unit, mean, WEIGHT) for unit, mean in shown.items()),
        ):
            self._statistic(unit, start, mean, weight)
            if unit not in self.hidden:
                self._cell(unit, start, mean)
        self.connection.execute(
            WINDOW_SUMMARY.insert().values(
                cadence=Cadence.WEEK.value,
                window_start=start,
                window_end=start + timedelta(days=7),
                quarter=QUARTER,
                published=len(shown),
                withheld=len(means) - len(shown),
                lost=0,
                gateways_left_out=0,
                closed_at=closed_at,
            )
        )
        return start

    def _receipt(self, start: date) -> None:
        self.connection.execute(
            RECEIPT.insert().values(
                id=start.isoformat(),
                cadence=Cadence.WEEK.value,
                window_start=start,
                body=json.dumps({"models": self.models}),
            )
        )

    def _statistic(self, unit: str, start: date, mean: float, weight: int) -> None:
        self.connection.execute(
            RELEASED_STATISTIC.insert().values(
                unit=unit,
                cadence=Cadence.WEEK.value,
                window_start=start,
                weight=weight,
                weighted_micro=round(mean * weight * 1_000_000),
                contributors=self.contributors,
                n_eff=30.0,
            )
        )

    def _cell(self, unit: str, start: date, mean: float) -> None:
        self.connection.execute(
            PUBLISHED_CELL.insert().values(
                indicator="valence",
                unit=unit,
                cadence=Cadence.WEEK.value,
                window_start=start,
                window_end=start + timedelta(days=7),
                value=round(mean, 2),
                band="25-49",
                published_at=CLOSED,
                receipt_id=start.isoformat(),
            )
        )
