"""With noise, too, what was published follows from what was kept, and any change of it is found."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from models.climate.disclosure.receipt import read
from models.climate.windows import Cadence
from services.alerts import database, ledger
from services.alerts import replay as replays
from services.alerts.ledger.statistics import of_window
from services.alerts.rules.released import look
from services.alerts.tables import released
from services.cli.receipt import receipt
from tests.database.test_budget import FOUR, FOUR_DUE, LATENESS, OFF, ON, WEEKS, entries, played
from tests.database.test_ledger import without_guard
from tests.fakes.stage import Stage


@pytest.fixture
def block(engine: Engine) -> Stage:
    """A block of four weeks under noise."""
    stage = played(engine, ON)
    stage.reach(FOUR_DUE)
    return stage


def replayed(engine: Engine) -> list[replays.Replay]:
    with database.reading(engine).begin() as connection:
        return list(replays.everything(connection))


def test_noisy_windows_come_out_as_they_were_published(block: Stage) -> None:
    found = replayed(block.engine)

    assert [one.differences for one in found] == [()] * 5
    assert [one.values for one in sorted(found, key=lambda one: one.values)] == [2, 3, 3, 3, 3]
    with database.reading(block.engine).begin() as connection:
        assert ledger.verify(connection).holds


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("published_cell SET margin = margin + 0.01", "cells"),
        ("published_cell SET margin = NULL", "cells"),
        ("released_statistic SET margin = margin + 0.01", "statistics"),
        ("released_statistic SET margin = NULL", "statistics"),
        ("ledger SET body = replace(body, '0', '1') WHERE kind = 'budget'", "chain"),
        ("ledger SET kind = 'budgeT' WHERE kind = 'budget'", "chain"),
        ("ledger SET kind = 'budget' WHERE kind = 'window_closed'", "chain"),
    ],
)
def test_a_change_of_noise_or_of_what_it_cost_is_found(
    block: Stage, change: str, fault: str
) -> None:
    without_guard(block.engine, f"UPDATE {change}")

    with database.reading(block.engine).begin() as connection:
        assert ledger.verify(connection).fault == fault


@pytest.mark.parametrize("column", ["value = value + 0.01", "margin = 0.5", "band = '10-14'"])
def test_a_noisy_value_that_does_not_follow_is_named(block: Stage, column: str) -> None:
    without_guard(block.engine, f"UPDATE published_cell SET {column} WHERE unit = 'plant'")  # noqa: S608

    different = [each for one in replayed(block.engine) for each in one.differences]
    assert replays.Difference("other_value", "valence", "plant") in different


def test_a_receipt_says_what_its_window_cost_and_what_its_block_has_left(block: Stage) -> None:
    place = block.engine.url.render_as_string(hide_password=False)
    with database.reading(block.engine).begin() as connection:
        rows = connection.execute(select(released.RECEIPT)).all()
    by_window = {(row.cadence, row.window_start.isoformat()): row for row in rows}

    for entry in entries(block):
        row = by_window[entry["cadence"], entry["start"]]
        found = read(row.body)
        said = CliRunner().invoke(receipt, [row.id, "--database", place]).output
        assert (found.budget_spent, found.budget_left) == (entry["cost"], entry["left"])
        assert f"it cost {entry['cost']}, and its four weeks have {entry['left']} left" in said


def test_to_rules_a_window_without_noise_is_there(engine: Engine) -> None:
    exact = played(engine, OFF)
    exact.reach(WEEKS[0].ends + LATENESS)
    with database.reading(engine).begin() as connection:
        seen = look(connection, Cadence.WEEK, WEEKS[0].start)
    assert seen is not None
    assert seen.statistics


def test_to_rules_a_noisy_window_is_withheld(block: Stage) -> None:
    with database.reading(block.engine).begin() as connection:
        kept = of_window(connection, WEEKS[3])
        seen = look(connection, Cadence.WEEK, WEEKS[3].start)
        four = of_window(connection, FOUR)

    assert kept
    assert all(one.is_noisy for one in (*kept.values(), *four.values()))
    assert seen is not None
    assert seen.values
    assert list(seen.statistics) == []
