"""Closed blocks of four weeks, on top of the weeks of the whole organisation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection, insert

from models.climate.windows import BLOCK_DAYS, FIRST_BLOCK, Cadence
from services.alerts.rules.evaluation import evaluate
from services.alerts.tables.released import (
    PUBLISHED_CELL,
    RECEIPT,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)
from tests.fakes.published import CLOSED, DEPARTMENTS, QUARTER, WEIGHT, Published, monday

PLANT = "south.plant"
USUAL, DROPPED = 0.2, -0.1
NOBODY: Mapping[str, float | None] = dict.fromkeys(DEPARTMENTS)
ALIGNED = next(n for n in range(4) if (monday(n) - FIRST_BLOCK).days % BLOCK_DAYS == 0)
"""Number of the first week that begins a block."""


@dataclass
class Blocks:
    """Writes block after block: the whole organisation by the week, departments by four.

    Attributes:
        connection: Where.
        weekly: What the departments show by the week, as in ``Published.week``.
        weeks: Writes them.
        number: Of the next block.
    """

    connection: Connection
    weekly: Mapping[str, float | None] = field(default_factory=lambda: NOBODY)
    weeks: Published = field(init=False)
    number: int = 0

    def __post_init__(self) -> None:
        """Write the weeks before the first block."""
        self.weeks = Published(self.connection)
        for _ in range(ALIGNED):
            self.weeks.week(self.weekly)

    def play(self, *valence: float) -> list[int]:
        """Close so many blocks, the plant at these valences; how much each told."""
        return [
            evaluate(self.connection, Cadence.FOUR_WEEKS, self.close(mean), CLOSED)
            for mean in valence
        ]

    def close(self, plant: float) -> date:
        """Close the next block and its weeks, and let no rule see them."""
        start, *_ = (self.weeks.week(self.weekly) for _ in range(4))
        self.number += 1
        self.connection.execute(
            insert(RECEIPT).values(
                id=f"four-{start}",
                cadence=Cadence.FOUR_WEEKS.value,
                window_start=start,
                body=json.dumps({"models": self.weeks.models}),
            )
        )
        for place, unit in enumerate(DEPARTMENTS):
            usual = USUAL + 0.02 * ((self.number + place) % 4 - 1.5)
            self._block(unit, start, plant if unit == PLANT and plant != USUAL else usual)
        self.connection.execute(
            insert(WINDOW_SUMMARY).values(
                cadence=Cadence.FOUR_WEEKS.value,
                window_start=start,
                window_end=start + timedelta(days=BLOCK_DAYS),
                quarter=QUARTER,
                published=len(DEPARTMENTS),
                withheld=0,
                lost=0,
                gateways_left_out=0,
                closed_at=CLOSED,
            )
        )
        return start

    def _block(self, unit: str, start: date, mean: float) -> None:
        self.connection.execute(
            insert(RELEASED_STATISTIC).values(
                unit=unit,
                cadence=Cadence.FOUR_WEEKS.value,
                window_start=start,
                weight=WEIGHT,
                weighted_micro=round(mean * WEIGHT * 1_000_000),
                contributors=22,
                n_eff=15.0,
            )
        )
        self.connection.execute(
            insert(PUBLISHED_CELL).values(
                indicator="valence",
                unit=unit,
                cadence=Cadence.FOUR_WEEKS.value,
                window_start=start,
                window_end=start + timedelta(days=BLOCK_DAYS),
                value=round(mean, 2),
                band="15-24",
                published_at=CLOSED,
                receipt_id=f"four-{start}",
            )
        )
