"""A database that an older version filled goes to the newest schema and goes on publishing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, select

from models.climate.windows import Cadence, block, four_weeks_of, week_of
from models.language.labels import Driver, Signal
from services.alerts import cadences, database, gateways, ledger, migrations
from services.alerts import replay as replays
from services.alerts.closing import Closer
from services.alerts.ledger.units import tree_in
from services.alerts.tables import pseudonymous, released
from tests.database.test_ledger_formats import write_older
from tests.fakes.scores import MONDAY, mac, policy, progress, units

BEFORE: Final = "0007"
PARENTS: Final[dict[str, str | None]] = {"org": None, "a-b": "org", "c-d": "org"}
ELIGIBLE: Final = {"org": 300, "a-b": 150, "c-d": 150}
PEOPLE: Final = {"a-b": 110, "c-d": 20}
SECOND: Final = week_of(MONDAY + timedelta(weeks=1))
BLOCK: Final = four_weeks_of(MONDAY)
LATER: Final = timedelta(hours=48)
LISTED: Final = ["valence", "turnover_intent", "after_hours", "participation", "language_en"]


def write_folded(connection: Connection, monday: date) -> None:
    """Three days of a week that has not closed, as sums: nobody knew of hours or languages yet."""
    for offset in range(3):
        day = monday + timedelta(days=offset)
        folded = {"local_day": day, "folded_at": datetime.fromisoformat("2024-02-09T00:00Z")}
        connection.execute(pseudonymous.FOLDED_DAY.insert().values(models=["m-1"], **folded))
        connection.execute(
            pseudonymous.PERSON_DAY.insert(),
            [
                {
                    "block": block(day),
                    "pid": mac(f"{leaf} {person}"),
                    "leaf": leaf,
                    "local_day": day,
                    "messages": 2,
                    "valence_micro": 400_000,
                    "signals": [2 * (person < 8), *[0] * (len(Signal) - 1)],
                    "drivers": [0] * len(Driver),
                }
                for leaf, count in PEOPLE.items()
                for person in range(count)
            ],
        )


@pytest.fixture
def older(empty_url: str) -> Iterator[Engine]:
    """One week that has closed, one that is open, and the tree."""
    engine = database.open_engine(empty_url)
    migrations.upgrade(engine, BEFORE)
    with engine.begin() as connection:
        gateways.units(connection, units(PARENTS, ELIGIBLE, "2024Q1"))
        write_folded(connection, SECOND.start)
    write_older(engine)
    yield engine
    engine.dispose()


def stands(engine: Engine) -> tuple[bool, list[replays.What]]:
    """Whether the ledger holds, and what a replay of every window finds."""
    with database.reading(engine).begin() as connection:
        different = [
            one.what for found in replays.everything(connection) for one in found.differences
        ]
        return ledger.verify(connection).holds, different


def close(engine: Engine, until: datetime) -> list[str]:
    with database.writing(engine) as connection:
        gateways.progress(connection, progress(until))
    return [window.label for window in Closer(engine, policy(indicators=LISTED)).close_due(until)]


def test_an_older_database_holds_before_and_after_and_goes_on_publishing(older: Engine) -> None:
    migrations.upgrade(older)
    before = stands(older)
    closed = close(older, BLOCK.ends + LATER)

    assert before == (True, [])
    assert closed == ["2024-W06", "2024-W05/08"]
    assert stands(older) == (True, [])
    with database.reading(older).begin() as connection:
        cell = released.PUBLISHED_CELL.c
        told = select(cell.indicator).where(cell.window_start == SECOND.start).distinct()
        assert set(connection.execute(told).scalars()) == {
            "valence", "turnover_intent", "participation",
        }  # fmt: skip


def test_the_quarter_that_was_open_has_weeks_and_the_next_is_planned_from_it(
    older: Engine,
) -> None:
    migrations.upgrade(older)
    close(older, BLOCK.ends + LATER)
    with database.writing(older) as connection:
        gateways.units(connection, units(PARENTS, ELIGIBLE, "2024Q2"))

    with database.reading(older).begin() as connection:
        now, then = (
            cadences.plan_of(connection, quarter, tree_in(connection, quarter), 10)
            for quarter in ("2024Q1", "2024Q2")
        )
    assert now == dict.fromkeys(PARENTS, Cadence.WEEK)
    # The first week knew of 41 and 15, and of none of c-d.
    assert then == {"org": Cadence.WEEK, "a-b": Cadence.WEEK, "c-d": Cadence.FOUR_WEEKS}
