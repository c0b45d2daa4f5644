"""Whoever holds what was kept can make everything published again, bit for bit."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, Table, func, select, text, update

from services.alerts import database, ledger
from services.alerts import replay as replays
from services.alerts.ledger import recording
from services.alerts.ledger.digests import digest_of_cells
from services.alerts.ledger.verification import sound_receipt
from services.alerts.tables import released
from services.cli.replay import replay
from tests.fakes.recorded import blocks

CELL, SUMS = released.PUBLISHED_CELL.c, released.RELEASED_STATISTIC.c
OF_ONE_ROW: Mapping[str, tuple[Table, Callable[[Any, Random], Any]]] = {
    "value": (released.PUBLISHED_CELL, lambda v, _: math.nextafter(v, 2.0)),
    "band": (released.PUBLISHED_CELL, lambda v, _: "10-14" if v != "10-14" else "15-24"),
    "window_end": (released.PUBLISHED_CELL, lambda v, _: v.replace(year=v.year + 1)),
    "weight": (released.RELEASED_STATISTIC, lambda v, _: v + 1),
    "weighted_micro": (released.RELEASED_STATISTIC, lambda v, _: v - 1),
    "contributors": (released.RELEASED_STATISTIC, lambda v, _: v + 1),
    "n_eff": (released.RELEASED_STATISTIC, lambda v, _: math.nextafter(v, 9e9)),
    "squares_micro": (released.RELEASED_STATISTIC, lambda v, _: v + 1),
    "shares": (released.RELEASED_STATISTIC, lambda _, rng: json.dumps({"conflict": rng.random()})),
}
"""What an intruder may change, a least step each."""


@pytest.fixture(scope="module")
def thousand(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """1,001 windows of 143 organisations in one file, without its guards."""
    path = tmp_path_factory.mktemp("thousand") / "climate.db"
    shutil.copy(migrated_file, path)
    engine = database.open_engine(path)
    with database.writing(engine) as connection:
        list(blocks(connection, seed=7, first=0, count=143))
        for table in released.FINAL:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table.name}_refuses_{verb}"))
    yield engine
    engine.dispose()


def asked(engine: Engine, *arguments: str) -> Result:
    place = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(replay, [*arguments, "--database", place])


def one_of(connection: Connection, receipt: str) -> replays.Replay:
    return replays.replay(connection, receipt, replays.vouched(connection))


def test_a_thousand_random_windows_come_out_as_they_were_published(thousand: Engine) -> None:
    with database.reading(thousand).begin() as connection:
        found = list(replays.everything(connection))
        published = connection.execute(
            select(func.count()).select_from(released.PUBLISHED_CELL)
        ).scalar_one()
        cadences = set(connection.execute(select(CELL.cadence).distinct()).scalars())
        shares_alone = connection.execute(select(func.count()).where(SUMS.weight == 0)).scalar_one()
        holds = ledger.verify(connection).holds

    print(f"{len(found)} windows, {published} values, {shares_alone} units of shares alone")
    assert [one for one in found if one.differences] == []
    assert len(found) == 1001
    assert sum(one.values for one in found) == published > 3_000
    assert cadences == {"day", "week", "four_weeks"}
    assert shares_alone > 50
    assert holds
    assert asked(thousand, "--all").exit_code == 0


def test_both_databases_come_out_alike_and_have_the_same_ledger(
    engine: Engine, migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "token_hex", "0".__mul__)  # else no two ledgers are the same
    path = tmp_path / "beside.db"
    shutil.copy(migrated_file, path)
    beside = database.open_engine(path)
    heads = []
    for one in (engine, beside):
        with one.begin() as connection:
            list(blocks(connection, seed=7, first=0, count=7))
        with database.reading(one).begin() as connection:
            found = list(replays.everything(connection))
            heads.append(ledger.verify(connection).head)
        assert len(found) == 49
        assert [each for each in found if each.differences] == []
    beside.dispose()

    assert heads[0] == heads[1] != ledger.GENESIS


@pytest.mark.parametrize("column", OF_ONE_ROW)
def test_any_changed_value_is_found_in_its_window(thousand: Engine, column: str) -> None:
    table, change = OF_ONE_ROW[column]
    rng = Random(column)  # noqa: S311  a test, not a secret
    with thousand.connect() as connection:
        rows = connection.execute(select(table)).all()
        receipts = {
            (cadence, start): name
            for name, cadence, start in connection.execute(
                select(released.RECEIPT.c.id, released.RECEIPT.c.cadence,
                       released.RECEIPT.c.window_start)
            )
        }  # fmt: skip
    for row in rng.sample(rows, 25):
        with thousand.connect() as connection:
            where = [key == getattr(row, key.name) for key in table.primary_key]
            value = change(getattr(row, column), rng)
            connection.execute(update(table).where(*where).values({column: value}))
            found = one_of(connection, receipts[row.cadence, row.window_start])
            connection.rollback()
        assert found.differences, (row, value)


@pytest.mark.parametrize(("column", "forged"), [("value", 0.99), ("band", "2-4")])
def test_a_chain_that_was_written_anew_over_another_value_is_found(
    thousand: Engine, column: str, forged: object
) -> None:
    """Whoever may write everything can make the chain hold, but not the value follow."""
    with thousand.connect() as connection:
        receipt, unit = connection.execute(
            select(CELL.receipt_id, CELL.unit).where(CELL.indicator == "valence").limit(1)
        ).one()
        of_it = (CELL.receipt_id == receipt, CELL.unit == unit, CELL.indicator == "valence")
        connection.execute(update(released.PUBLISHED_CELL).where(*of_it).values({column: forged}))
        _chain_anew(connection, receipt)

        holds = ledger.verify(connection).holds
        found = one_of(connection, receipt)
        connection.rollback()

    assert holds
    assert found.differences == (replays.Difference("other_value", "valence", unit),)


def _chain_anew(connection: Connection, receipt: str) -> None:
    found = sound_receipt(connection, receipt)
    assert found is not None
    previous = ledger.GENESIS
    for row in connection.execute(select(released.LEDGER).order_by(released.LEDGER.c.seq)).all():
        body = json.loads(row.body)
        if body["receipt"] == receipt:
            body["cells"] = digest_of_cells(connection, found.window, found.format)
        text_ = json.dumps(body, sort_keys=True, separators=(",", ":"))
        spelled = f"{previous}\n{row.seq}\n{row.at}\n{row.kind}\n{text_}"
        hashed = sha256(spelled.encode()).hexdigest()
        connection.execute(
            update(released.LEDGER)
            .where(released.LEDGER.c.seq == row.seq)
            .values(body=text_, previous=previous, hash=hashed)
        )
        previous = hashed


def without_guards(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SET LOCAL search_path = released"))
        else:
            for table in released.FINAL:
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table.name}_refuses_{verb}"))
        for statement in statements:
            connection.execute(text(statement))


def test_the_command_says_what_differs_and_never_a_value(engine: Engine) -> None:
    with engine.begin() as connection:
        receipts = [one for one in blocks(connection, seed=7, first=0, count=4) if one.published]
    receipt = receipts[0]
    whole, alone = asked(engine, "--all"), asked(engine, receipt.id)
    without_guards(
        engine,
        f"UPDATE published_cell SET value = 0.8765 WHERE receipt_id = '{receipt.id}'",  # noqa: S608
    )
    changed, of_all, other = (
        asked(engine, receipt.id), asked(engine, "--all"), asked(engine, receipts[1].id)
    )  # fmt: skip

    assert (whole.exit_code, alone.exit_code) == (0, 0)
    assert (changed.exit_code, of_all.exit_code, other.exit_code) == (1, 1, 0)
    assert f"{receipt.window.label}: " in changed.output
    assert "another value" in changed.output
    assert "0.8765" not in changed.output + of_all.output
    assert "1 windows differ" in of_all.output


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["DELETE FROM published_cell"], "released and not published"),
        (["DELETE FROM released_statistic"], "published and not released"),
        (["UPDATE released_statistic SET contributors = 6, shares = '{}'"], "under the rules"),
        (["UPDATE released_statistic SET shares = 'x'"], "not those that were released"),
        (["UPDATE receipt SET body = replace(body, '0.1.0', '0.2.0')"], "missing or was changed"),
        (["DELETE FROM published_cell", "DELETE FROM receipt"], "missing or was changed"),
        (["DELETE FROM ledger"], "no entry of the ledger"),
        (["UPDATE ledger SET at = '2020'"], "no entry of the ledger"),
        (["UPDATE window_summary SET lost = 9"], "the summary"),
    ],
)
def test_each_difference_is_named(engine: Engine, statements: list[str], said: str) -> None:
    with engine.begin() as connection:
        list(blocks(connection, seed=7, first=0, count=2))
    without_guards(engine, *statements)

    found = asked(engine, "--all")

    assert found.exit_code == 1
    assert said in found.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "--all"), (["--all", "x"], "--all"), (["0" * 64], "no such receipt")],
)
def test_what_cannot_be_asked_is_refused(engine: Engine, arguments: Any, said: str) -> None:
    found = asked(engine, *arguments)

    assert found.exit_code == 2
    assert said in found.output


def test_no_database_is_no_difference(tmp_path: Path) -> None:
    found = CliRunner().invoke(replay, ["--all", "--database", str(tmp_path / "none.db")])

    assert (found.exit_code, "cannot be read" in found.output) == (2, True)
