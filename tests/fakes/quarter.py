"""A quarter of released windows, written by the real ledger: teams of people who can differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import numpy as np
from sqlalchemy import Connection

from models.climate.disclosure.release import Release, published_cells
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence, Window, blocks_of
from services.alerts.ledger import Terms, record
from services.alerts.tables.released import UNIT

QUARTER = "2026Q4"
CLOSED = datetime(2027, 2, 1, 6, tzinfo=UTC)
MODEL = "tuned-1"
PEOPLE = 30
PERSON = 0.06
"""Standard deviation between people (design study)."""
WEEK = 0.05
"""And between the weeks of one."""
PARENTS: Mapping[str, str | None] = MappingProxyType(
    {
        "org": None,
        **{f"d{n}": "org" for n in range(2)},
        **{f"d{n}.t{m}": f"d{n}" for n in range(2) for m in range(4)},
        "d9": "org",
    }
)
"""Two departments of four teams, and one that has none."""
LOWEST = ("d0.t0", "d0.t1", "d0.t2", "d0.t3", "d1.t0", "d1.t1", "d1.t2", "d1.t3", "d9")


def plant(connection: Connection, quarter: str = QUARTER) -> None:
    """Write the tree."""
    rows = [
        {
            "quarter": quarter,
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
    ]
    connection.execute(UNIT.insert(), rows)


def released(
    unit: str, window: Window, seed: int, *, off: float = 0.0, people: int = PEOPLE
) -> ReleasedStatistic:
    """One window of a unit of people of equal weight, each with a mood of their own."""
    own = np.random.default_rng([seed, *map(ord, unit)]).normal(0.1 + off, PERSON, people)
    now = np.random.default_rng([seed, window.start.toordinal(), *map(ord, unit)])
    moods = own + now.normal(0, WEEK, people)
    weight = 10 * window.cadence.days // 7
    return ReleasedStatistic(
        unit, window, weight * people, round(weight * moods.sum() * 1e6), people, float(people),
        round(weight * (moods**2).sum() * 1e6),
    )  # fmt: skip


def fill(  # noqa: PLR0913  each changes one thing
    connection: Connection,
    off: Mapping[str, float],
    *,
    units: tuple[str, ...] = tuple(PARENTS),
    gaps: Mapping[str, int] = MappingProxyType({}),
    monthly: tuple[str, ...] = ("d9",),
    models: Mapping[int, str] = MappingProxyType({}),
    seed: int = 1,
) -> Window:
    """Close every window of the quarter.

    Args:
        connection: Where.
        off: By how much the people of a unit are off.
        units: What is released at all.
        gaps: Of a unit, in how many of its first windows it is withheld.
        monthly: Units that are released every four weeks.
        models: What scored a block instead of ``MODEL``, by its number.
        seed: Of the chance.

    Returns:
        The last four weeks.
    """
    blocks = blocks_of(QUARTER)
    for number, block in enumerate(blocks):
        for place, window in enumerate((*block.split(Cadence.WEEK), block)):
            due = [u for u in units if (window is block) == (u in monthly)]
            shown = [u for u in due if gaps.get(u, 0) <= 4 * number + place]
            _close(
                connection,
                window,
                [released(u, window, seed, off=off.get(u, 0.0)) for u in shown],
                models.get(number, MODEL),
            )
    return blocks[-1]


def _close(
    connection: Connection, window: Window, found: list[ReleasedStatistic], model: str
) -> None:
    released_now = Release(
        published=tuple(cell for one in found for cell in published_cells(one, 10)),
        statistics=tuple(found),
        withheld=1,
        decisions={"published": len(found)},
    )
    terms = Terms(
        policy="0" * 64,
        k=10,
        quarter=QUARTER,
        models=(model,),
        weights={},
        code="0.1.0",
        recipients=("page",),
        lost=0,
        gateways_left_out=0,
    )
    record(connection, window, released_now, terms, CLOSED)
