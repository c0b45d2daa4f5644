"""Figures are kept with their history, and findings follow them, on both databases."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, Table, func, select
from sqlalchemy.exc import DBAPIError

from models.climate.windows import Cadence
from services.alerts import database
from services.alerts.outcomes import findings, inputs, keys, registrations, values
from services.alerts.outcomes.figures import Figure, FiguresRefused
from services.alerts.outcomes.importing import Importing
from services.alerts.outcomes.refreshing import Refreshing
from services.alerts.tables.outcomes import KEPT, OUTCOME_FINDING, OUTCOME_VALUE
from services.contracts.access import Scope, generate
from tests.fakes import business
from tests.fakes.business import LEAVERS, NOW, ROSTER, SCORE, registering

POLICY = registering(LEAVERS, SCORE, events=[ROSTER])
KEY = "0123456789ab"
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def organisation(engine: Engine) -> Engine:
    """Four years of released weeks and no figure."""
    with database.writing(engine) as connection:
        business.tree(connection)
        business.weeks(
            connection,
            {unit: business.noise(place, 218, 0.02) for place, unit in enumerate(business.SIZES)},
        )
    return engine


def desk(engine: Engine, now: Callable[[], datetime] = lambda: NOW) -> Importing:
    return Importing(engine, {each.id: each for each in POLICY.outcomes}, now)


def file(*rows: str) -> bytes:
    return "\n".join(["outcome,unit,month,value,people,events", *rows]).encode()


def versions(engine: Engine) -> list[tuple[int, float | None]]:
    with database.reading(engine).begin() as connection:
        found = select(OUTCOME_VALUE.c.version, OUTCOME_VALUE.c.low).order_by(
            OUTCOME_VALUE.c.unit, OUTCOME_VALUE.c.month, OUTCOME_VALUE.c.version
        )
        return [(version, low) for version, low in connection.execute(found)]


def bodies(engine: Engine) -> list[str]:
    with database.reading(engine).begin() as connection:
        found = select(OUTCOME_FINDING.c.body).order_by(
            OUTCOME_FINDING.c.kind, OUTCOME_FINDING.c.place
        )
        return list(connection.execute(found).scalars())


def test_a_file_that_comes_again_changes_nothing(organisation: Engine) -> None:
    content = file("leavers,north,2026-09,1.5,200,7", "leavers,south,2026-09,,200,")
    first = desk(organisation).take(content, KEY)
    again = desk(organisation).take(content, KEY)

    assert (first.new, first.corrected, first.unchanged) == (2, 0, 0)
    assert (again.new, again.corrected, again.unchanged) == (0, 0, 2)
    assert versions(organisation) == [(1, 1.5), (1, None)]


def test_a_corrected_value_is_a_new_version_and_the_old_one_stays(organisation: Engine) -> None:
    stored = [
        desk(organisation).take(file(f"leavers,north,2026-09,{value},200,7"), KEY)
        for value in ("1.5", "1.6", "1.5")
    ]

    assert [(each.new, each.corrected) for each in stored] == [(1, 0), (0, 1), (0, 1)]
    assert versions(organisation) == [(1, 1.5), (2, 1.6), (3, 1.5)]
    with database.reading(organisation).begin() as connection:
        assert values.current(connection) == (
            Figure("leavers", "north", SEPTEMBER, 1.5, 1.5, 200, 7),
        )


def test_of_a_file_with_one_bad_row_nothing_is_taken(organisation: Engine) -> None:
    with pytest.raises(FiguresRefused):
        desk(organisation).take(
            file("leavers,north,2026-09,1.5,200,7", "leavers,legal,2026-09,1.5,200,7"), KEY
        )

    assert versions(organisation) == []


def test_two_corrections_at_once_make_two_versions(organisation: Engine) -> None:
    def send(value: int) -> None:
        desk(organisation).take(file(f"leavers,north,2026-09,{value},200,7"), KEY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(1, 9)))

    assert [version for version, _ in versions(organisation)] == list(range(1, 9))


@pytest.mark.parametrize("table", KEPT, ids=lambda table: table.name)
def test_history_cannot_be_changed(organisation: Engine, table: Table) -> None:
    desk(organisation).take(file("leavers,north,2026-09,1.5,200,7"), KEY)
    Refreshing(organisation, POLICY, lambda: NOW).tick()

    with (
        pytest.raises(DBAPIError, match="imported rows are kept"),
        database.writing(organisation) as connection,
    ):
        connection.execute(table.delete())


def test_findings_follow_what_comes_in_and_are_let_alone_otherwise(organisation: Engine) -> None:
    refreshing = Refreshing(organisation, POLICY, lambda: NOW)

    assert refreshing.tick()
    assert not refreshing.tick()
    with database.reading(organisation).begin() as connection:
        assert [len(u.months) for u in findings.outcomes(connection)[0].units] == [0, 0]
    content = business.file("leavers", ["north", "south"], business.noise(7, 48, 1.0))
    desk(organisation).take(content, KEY)
    assert refreshing.tick()

    with database.reading(organisation).begin() as connection:
        leavers, score = findings.outcomes(connection)
        (roster,) = findings.interventions(connection)
    assert [lines.known for lines in leavers.units] == [48, 48]
    assert all(lines.association is not None for lines in leavers.units)
    assert score.units[0].unit == "org"
    assert roster.units[0].effect is not None


def test_computed_again_elsewhere_they_are_the_same_to_the_last_digit(
    organisation: Engine,
) -> None:
    desk(organisation).take(
        business.file("leavers", ["north", "south"], business.noise(7, 48, 1.0)), KEY
    )
    Refreshing(organisation, POLICY, lambda: NOW).tick()
    first = bodies(organisation)
    with database.writing(organisation) as connection:
        connection.execute(OUTCOME_FINDING.delete())
    Refreshing(organisation, POLICY, lambda: NOW + timedelta(days=9)).tick()

    assert bodies(organisation) == first
    assert len(first) == 3


async def test_a_stop_waits_until_the_database_is_let_go(organisation: Engine) -> None:
    done: list[str] = []

    def slow() -> datetime:
        time.sleep(0.4)
        done.append("asked")
        return NOW

    running = asyncio.create_task(Refreshing(organisation, registering(LEAVERS), slow).run())
    await asyncio.sleep(0.2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert done
    assert len(bodies(organisation)) == 1


def test_what_a_policy_no_longer_registers_is_no_longer_shown(organisation: Engine) -> None:
    Refreshing(organisation, POLICY, lambda: NOW).tick()
    Refreshing(organisation, registering(SCORE), lambda: NOW).tick()

    with database.reading(organisation).begin() as connection:
        assert [each.id for each in findings.outcomes(connection)] == ["score"]
        assert findings.interventions(connection) == ()


def test_sums_of_a_unit_below_fifty_people_are_not_read(organisation: Engine) -> None:
    with database.reading(organisation).begin() as connection:
        read = inputs.read(connection)

    assert set(read.statistics) == {"org", "north", "south"}
    assert read.units["legal"].eligible == 40
    assert {s.window.cadence for s in read.statistics["north"]} == {Cadence.WEEK}


def test_sums_with_noise_are_not_read(engine: Engine) -> None:
    with database.writing(engine) as connection:
        business.tree(connection)
        business.weeks(connection, {"org": [0.1, 0.2], "north": [0.1, 0.3]}, margin=0.04)
        read = inputs.read(connection)

    assert read.statistics == {}


def test_a_changed_entry_is_registered_anew_and_an_old_one_keeps_its_day(
    organisation: Engine,
) -> None:
    days = []
    for number, lag in enumerate((1, 2, 1)):
        outcomes = registering({**LEAVERS, "lag": lag}).outcomes
        with database.writing(organisation) as connection:
            now = datetime(2026, 1, 1 + number, tzinfo=UTC)
            days.append(registrations.first_days(connection, "outcome", outcomes, now)["leavers"])

    assert days == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 1)]


def test_another_name_is_no_other_registration() -> None:
    (one,) = registering(LEAVERS).outcomes
    (other,) = registering({**LEAVERS, "names": SCORE["names"]}).outcomes

    assert registrations.digest_of(one) == registrations.digest_of(other)


def test_a_key_opens_the_door_until_it_expires_or_is_revoked(engine: Engine) -> None:
    token, key = generate([Scope.OUTCOMES_WRITE], NOW + timedelta(days=1), created=NOW)
    with database.writing(engine) as connection:
        keys.add(connection, key)
        assert keys.every(connection) == (key,)
        assert keys.authenticate(connection, token, NOW) == key
        assert keys.authenticate(connection, token, NOW + timedelta(days=1)) is None
        assert keys.authenticate(connection, token[:-1] + "x", NOW) is None
        assert keys.authenticate(connection, "something", NOW) is None
        assert keys.revoke(connection, key.id)
        assert not keys.revoke(connection, "0" * 12)
        assert keys.authenticate(connection, token, NOW) is None


def test_the_marker_moves_with_everything_that_is_read(organisation: Engine) -> None:
    def marker() -> inputs.Marker:
        with database.reading(organisation).begin() as connection:
            return inputs.marker(connection)

    before = marker()
    desk(organisation).take(file("leavers,north,2026-09,1.5,200,7"), KEY)
    assert marker() != before
    with database.reading(organisation).begin() as connection:
        assert connection.execute(select(func.count()).select_from(OUTCOME_VALUE)).scalar() == 1
