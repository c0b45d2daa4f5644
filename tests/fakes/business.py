"""An organisation with years of released weeks and monthly figures, written as they are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from models.climate.windows import Cadence, week_of
from services.alerts.tables.released import RELEASED_STATISTIC, UNIT, WINDOW_SUMMARY
from services.contracts.governance import Policy
from tests.fakes.scores import policy

FIRST: Final = date(2024, 1, 1)
NOW: Final = datetime(2028, 3, 10, 12, tzinfo=UTC)
QUARTER: Final = "2024Q1"
EVENT: Final = date(2026, 3, 4)
SIZES: Final[Mapping[str, tuple[str | None, int]]] = {
    "org": (None, 500),
    "north": ("org", 200),
    "south": ("org", 260),
    "legal": ("org", 40),
}
"""Parent and eligible people of each unit; one is too small for any figure."""
LEAVERS: Final[dict[str, Any]] = {
    "id": "leavers",
    "names": {"en": "Leavers", "nl": "Vertrekkers", "fr": "Départs"},
    "indicator": "valence",
    "units": ["north", "south"],
    "good": "lower",
    "lag": 1,
    "counts_events": True,
    "bands": [0, 2, 4, 8],
}
SCORE: Final[dict[str, Any]] = {
    "id": "score",
    "names": {"en": "Customer score", "nl": "Klantscore", "fr": "Note des clients"},
    "indicator": "valence",
    "level": 0,
    "good": "higher",
    "lag": "max_lag",
    "counts_events": False,
}
ROSTER: Final[dict[str, Any]] = {
    "id": "roster",
    "names": {"en": "New roster", "nl": "Nieuw rooster", "fr": "Nouvel horaire"},
    "date": EVENT,
    "units": ["north"],
}


def registering(*outcomes: dict[str, Any], events: Sequence[dict[str, Any]] = ()) -> Policy:
    """A demo policy that registers these."""
    return policy(
        outcomes=list(outcomes),
        interventions=list(events),
        retention={"published_months": 60},
    )


def tree(connection: Connection, sizes: Mapping[str, tuple[str | None, int]] = SIZES) -> None:
    """Write the one unit tree."""
    rows = [
        {
            "quarter": QUARTER,
            "id": unit,
            "parent": parent,
            "name_en": f"The {unit}",
            "name_nl": f"De {unit}",
            "name_fr": f"Le {unit}",
            "level": 0 if parent is None else 1,
            "place": place,
            "eligible": eligible,
        }
        for place, (unit, (parent, eligible)) in enumerate(sizes.items())
    ]
    connection.execute(UNIT.insert(), rows)


def weeks(
    connection: Connection,
    valences: Mapping[str, Sequence[float] | NDArray[np.float64]],
    margin: float | None = None,
) -> None:
    """Release a week after the other from ``FIRST`` on, one valence a unit and week.

    With a *margin* there is noise in them.
    """
    length = max(len(line) for line in valences.values())
    connection.execute(
        WINDOW_SUMMARY.insert(),
        [
            {
                "cadence": Cadence.WEEK.value,
                "window_start": FIRST + timedelta(weeks=week),
                "window_end": FIRST + timedelta(weeks=week + 1),
                "quarter": QUARTER,
                "published": len(valences),
                "withheld": 0,
                "lost": 0,
                "gateways_left_out": 0,
                "closed_at": NOW,
            }
            for week in range(length)
        ],
    )
    weight = {unit: 4_000 if unit == "org" else 1_000 for unit in valences}
    connection.execute(
        RELEASED_STATISTIC.insert(),
        [
            {
                "unit": unit,
                "cadence": Cadence.WEEK.value,
                "window_start": week_of(FIRST + timedelta(weeks=week)).start,
                "weight": weight[unit],
                "weighted_micro": round(float(valence) * weight[unit] * 1_000_000),
                "contributors": 60,
                "n_eff": 50.0,
                "margin": margin,
            }
            for unit, line in valences.items()
            for week, valence in enumerate(line)
        ],
    )


def months(count: int) -> tuple[date, ...]:
    """First days of so many months from ``FIRST`` on."""
    return tuple(date(2024 + n // 12, n % 12 + 1, 1) for n in range(count))


def noise(seed: int, length: int, scale: float = 0.05) -> NDArray[np.float64]:
    """Independent values around nought."""
    return np.random.default_rng(seed).normal(0, scale, length)


def file(
    outcome: str, units: Sequence[str], values: NDArray[np.float64], *, events: str = "9"
) -> bytes:
    """A CSV file of *values*, one a month, the same in every unit."""
    rows = [
        f"{outcome},{unit},{month:%Y-%m},{value:.6f},200,{events}"
        for unit in units
        for month, value in zip(months(len(values)), values, strict=True)
    ]
    return "\n".join(["outcome,unit,month,value,people,events", *rows]).encode()
