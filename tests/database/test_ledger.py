"""Any later change of what was published is found, with the database alone."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from models.climate.windows import week_of
from services.alerts import database, ledger
from services.alerts.tables import released
from services.cli.verify_ledger import verify_ledger
from tests.fakes.scores import MONDAY, NOON
from tests.fakes.stage import Stage, organisation

CHANGES = {
    "a published value": ("UPDATE published_cell SET value = 0.99 WHERE unit = 'plant'", 1),
    "a band": ("UPDATE published_cell SET band = '100+' WHERE unit = 'plant'", 1),
    "a sum": ("UPDATE released_statistic SET weighted_micro = 1 WHERE unit = 'org'", 1),
    "a square": ("UPDATE released_statistic SET squares_micro = 1 WHERE unit = 'org'", 1),
    "a share": ("UPDATE released_statistic SET shares = '{}' WHERE unit = 'org'", 1),
    "when a value was published": ("UPDATE published_cell SET published_at = '2020-01-01'", 1),
    "where a value's window ends": ("UPDATE published_cell SET window_end = '2020-01-01'", 1),
    "which receipt a value has": (
        "UPDATE published_cell SET receipt_id = (SELECT max(id) FROM receipt)",
        None,
    ),
    "when a window closed": ("UPDATE window_summary SET closed_at = '2020-01-01 00:00:00'", 1),
    "how much was withheld": ("UPDATE window_summary SET withheld = 0", 1),
    "whose receipt it is": ("UPDATE receipt SET cadence = 'day'", 1),
    "a receipt": ("UPDATE receipt SET body = replace(body, '10', '5')", 1),
    "an entry's text": ("UPDATE ledger SET body = replace(body, 'a', 'b') WHERE seq = 2", 2),
    "an entry's time": ("UPDATE ledger SET at = '2024-01-01' WHERE seq = 2", 2),
    "a value that was taken away": ("DELETE FROM published_cell WHERE unit = 'plant'", 1),
    "an entry that was taken away": ("DELETE FROM ledger WHERE seq = 1", 2),
}


@pytest.fixture
def published(engine: Engine) -> Engine:
    """Two weeks of publications."""
    stage = Stage(engine)
    stage.send(organisation(weeks=2))
    stage.reach(week_of(MONDAY + timedelta(weeks=1)).ends + timedelta(hours=48))
    return engine


def checked(engine: Engine) -> ledger.LedgerCheck:
    with database.reading(engine).begin() as connection:
        return ledger.verify(connection)


def without_guard(engine: Engine, statement: str) -> None:
    """Run *statement* as somebody who may do anything to the database."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SET LOCAL search_path = released"))
        else:
            for table in released.FINAL:
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table.name}_refuses_{verb}"))
        connection.execute(text(statement))


def test_an_untouched_ledger_holds(published: Engine) -> None:
    found = checked(published)

    assert found.holds
    assert found.entries == 2


@pytest.mark.parametrize(("statement", "entry"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_found_at_its_entry(
    published: Engine, statement: str, entry: int | None
) -> None:
    without_guard(published, statement)

    assert checked(published).broken_at in ({entry} if entry else {1, 2})


def test_a_value_that_no_entry_vouches_for_is_found(published: Engine) -> None:
    without_guard(
        published,
        "INSERT INTO published_cell (indicator, unit, cadence, window_start, window_end, value,"
        " band, published_at, receipt_id) SELECT indicator, unit, 'day', window_start, window_end,"
        " value, band, published_at, receipt_id FROM published_cell",
    )

    assert checked(published).fault == "unlisted"


def test_the_time_zone_of_whoever_reads_changes_nothing(published: Engine) -> None:
    with published.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL TIME ZONE 'Asia/Tokyo'"))

        assert ledger.verify(connection).holds


def test_progress_is_told_after_each_entry(published: Engine) -> None:
    told: list[tuple[int, int]] = []
    with database.reading(published).begin() as connection:
        ledger.verify(connection, lambda read, of: told.append((read, of)))

    assert told == [(1, 2), (2, 2)]


def test_a_window_that_was_closed_twice_is_found(published: Engine) -> None:
    with database.reading(published).begin() as connection:
        first = connection.execute(select(released.LEDGER.c.body).limit(1)).scalar_one()
    with published.begin() as connection:
        ledger.append(connection, "window_closed", json.loads(first), NOON)

    assert (checked(published).broken_at, checked(published).fault) == (3, "receipt")


def test_an_entry_of_a_kind_that_nobody_can_vouch_for_is_found(published: Engine) -> None:
    with published.begin() as connection:
        ledger.append(connection, "amnesty", {}, NOON)  # type: ignore[arg-type] # the point

    assert checked(published).fault == "kind"


def test_an_entry_that_was_chained_anew_around_nothing_is_found(published: Engine) -> None:
    with published.begin() as connection:
        ledger.append(connection, "window_closed", {}, NOON)

    assert checked(published).fault == "kind"


def test_the_database_refuses_to_change_or_remove_what_is_final(published: Engine) -> None:
    anything = {
        "unit": "org", "cadence": "week", "window_start": MONDAY, "band": "25-49", "rest": 0,
        "replies": "{}", "indicator": "unscored", "part": 0, "whole": 1, "day": MONDAY, "hour": 9,
        "weight": 300, "weighted_micro": 0, "value": 0.0, "published_at": NOON,
    }  # fmt: skip
    row = {"quarter": "2024Q1", "body": "{}", "computed_at": NOON}  # two weeks make none
    with published.begin() as connection:
        for table in (
            released.RELEASED_REPLIES,
            released.RELEASED_RATIO,
            released.RELEASED_PULSE,
            released.PUBLISHED_PULSE,
        ):
            named = {name: value for name, value in anything.items() if name in table.c}
            connection.execute(table.insert(), named)
        connection.execute(released.COMPARISON.insert().values(row))
    for table in released.FINAL:
        first = next(iter(table.c))
        for statement in (table.update().values({first: first}), table.delete()):
            with pytest.raises(DBAPIError, match="final"), published.begin() as connection:
                connection.execute(statement)


def test_the_command_reads_a_file_without_any_service(published: Engine) -> None:
    place = published.url.database if published.dialect.name == "sqlite" else None
    url = place or published.url.render_as_string(hide_password=False)

    good = CliRunner().invoke(verify_ledger, [url])
    without_guard(published, "UPDATE published_cell SET value = 0.99 WHERE unit = 'plant'")
    bad = CliRunner().invoke(verify_ledger, [url])

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "holds: 2 entries" in good.output
    assert "breaks at entry 1 (cells)" in bad.output


def test_the_command_prints_its_progress_beside_its_answer(
    published: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = published.url.database if published.dialect.name == "sqlite" else None
    url = place or published.url.render_as_string(hide_password=False)
    monkeypatch.setattr("services.cli.verify_ledger.EVERY", 2)

    found = CliRunner().invoke(verify_ledger, [url])

    assert found.stderr == "2 of 2 entries\n"
    assert "of 2 entries" not in found.stdout


def test_the_command_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "nothing.db"
    found = CliRunner().invoke(verify_ledger, [str(path)])

    assert found.exit_code == 2
    assert "cannot be read" in found.output
    assert not path.exists()
