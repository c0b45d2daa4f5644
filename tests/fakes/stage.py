"""A small organisation whose figures can be worked out by hand, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, Table, func, select

from models.climate.windows import Window
from models.language.labels import Signal
from services.alerts import database, gateways, indicators
from services.alerts.closing import Closer
from services.alerts.collector import collect
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.fakes.scores import MONDAY, policy, progress, score, units

PARENTS: Final[dict[str, str | None]] = {
    "org": None,
    "sales": "org",
    "sales.a": "sales",
    "sales.b": "sales",
    "plant": "org",
}
ELIGIBLE: Final = {"org": 70, "sales": 40, "sales.a": 28, "sales.b": 12, "plant": 30}
PEOPLE: Final = {"sales.a": 20, "sales.b": 6, "plant": 15}
VALENCE: Final = {"sales.a": 0.5, "sales.b": -0.5, "plant": 0.2}


def organisation(
    first: date = MONDAY,
    weeks: int = 1,
    people: Mapping[str, int] = PEOPLE,
    exhausted: Collection[str] = ("sales.a",),
) -> list[ScoreV1]:
    """Everybody writes one message on each of three days a week; 6 of *exhausted* are just that."""
    return [
        score(
            VALENCE.get(leaf, 0.2),
            message=f"{leaf} {person} {first} {week} {day}",
            person=f"{leaf} {person} {(first - MONDAY).days // 28}",
            leaf=leaf,
            local_day=first + timedelta(weeks=week, days=day),
            signals=(Signal.EXHAUSTION,) if leaf in exhausted and person < 6 else (),
        )
        for leaf, count in people.items()
        for person in range(count)
        for week in range(weeks)
        for day in range(3)
    ]


class Stage:
    """An organisation whose clock a test moves."""

    def __init__(
        self,
        engine: Engine,
        rules: Policy | None = None,
        parents: Mapping[str, str | None] = PARENTS,
        eligible: Mapping[str, int] = ELIGIBLE,
    ) -> None:
        self.engine = engine
        self.closer = Closer(engine, rules or policy())
        self.now = datetime(2024, 1, 29, tzinfo=UTC)
        with database.writing(engine) as connection:
            gateways.units(connection, units(dict(parents), dict(eligible), "2024Q1"))

    def send(self, scores: list[ScoreV1]) -> None:
        """Collect *scores*."""
        with database.writing(self.engine) as connection:
            collect(connection, scores)

    def reach(self, until: datetime, closer: Closer | None = None) -> list[Window]:
        """Let the one gateway owe nothing before *until*, and close what is due."""
        self.now = max(self.now + timedelta(seconds=1), until)
        with database.writing(self.engine) as connection:
            gateways.progress(connection, progress(until, self.now))
        return (closer or self.closer).close_due(self.now)

    def values(self, window: Window) -> dict[tuple[str, str], tuple[float, str]]:
        """What was published for *window*, by indicator and unit."""
        with database.reading(self.engine).begin() as connection:
            found = indicators.cells(connection, window.cadence, window.start)
        return {(v.indicator, v.unit): (v.value, v.band) for v in found}

    def count(self, table: Table) -> int:
        """Rows of *table*."""
        with database.reading(self.engine).begin() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()
