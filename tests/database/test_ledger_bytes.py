"""Whatever byte of whatever is final somebody changes, and whatever row they move, is found."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from models.climate.windows import week_of
from services.alerts import database, ledger
from services.alerts.tables import released
from tests.fakes.scores import MONDAY
from tests.fakes.stage import Stage, organisation

TABLES = [table.name for table in released.FINAL]
Change = tuple[str, list[Any]]


@pytest.fixture(scope="module")
def published(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two weeks of publications, its guards taken away as an intruder would."""
    path = tmp_path_factory.mktemp("final") / "climate.db"
    shutil.copy(migrated_file, path)
    engine = database.open_engine(path)
    stage = Stage(engine)
    stage.send(organisation(weeks=2))
    for week in range(2):
        stage.reach(week_of(MONDAY + timedelta(weeks=week)).ends + timedelta(hours=48))
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        for name in TABLES:
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER {name}_refuses_{verb}")
        connection.commit()
    return path


def broken(path: Path, changes: list[Change]) -> bool:
    """Whether the ledger breaks once *changes* were made; they are taken back."""
    with closing(sqlite3.connect(path)) as connection:
        kept = {t: connection.execute(f"SELECT rowid, * FROM {t}").fetchall() for t in TABLES}  # noqa: S608
        for statement, values in changes:
            connection.execute(statement, values)
        connection.commit()
    holds = ledger.verify(path).holds
    with closing(sqlite3.connect(path)) as connection:
        for table, rows in kept.items():
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            names = [each[1] for each in connection.execute(f"PRAGMA table_info({table})")]
            places = ",".join("?" * (len(names) + 1))
            columns = ",".join(["rowid", *names])
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608
        connection.commit()
    return not holds


def flipped(value: Any, rng: Random) -> Any:
    """*value* with one byte of it changed, whatever that makes of it; something for nothing."""
    if value is None:
        return 0.01
    if isinstance(value, int):
        return value ^ (rng.randrange(1, 256) << 8 * rng.randrange(2))
    if isinstance(value, float):
        packed = bytearray(struct.pack("<d", value))
        packed[rng.randrange(8)] ^= rng.randrange(1, 256)
        return struct.unpack("<d", packed)[0]
    text = bytearray(value.encode())
    text[rng.randrange(len(text))] ^= rng.randrange(1, 256)
    return bytes(text)


def cells(path: Path) -> Iterator[tuple[str, str, int, Any]]:
    """Table, column, row and value of everything that is final."""
    with closing(sqlite3.connect(path)) as connection:
        for table in TABLES:
            for name in [each[1] for each in connection.execute(f"PRAGMA table_info({table})")]:
                found = connection.execute(f"SELECT rowid, {name} FROM {table}").fetchall()  # noqa: S608
                yield from ((table, name, row, value) for row, value in found)


def test_a_changed_byte_in_any_column_of_any_row_is_found(published: Path) -> None:
    rng, unseen, tried = Random(4), [], 0  # noqa: S311  a test, not a secret
    for table, column, row, value in cells(published):
        other = flipped(value, rng)
        as_text = "CAST(? AS TEXT)" if isinstance(other, bytes) else "?"
        statement = f"UPDATE {table} SET {column} = {as_text} WHERE rowid = ?"  # noqa: S608
        tried += 1
        if not broken(published, [(statement, [other, row])]):
            unseen.append((table, column, value, other))

    print(f"{tried} values changed by a byte each")
    assert unseen == []
    assert tried > 150
    assert ledger.verify(published).holds


def test_a_separator_that_reads_the_same_is_found(published: Path) -> None:
    """A time with a T in it is the same time, but not what was written."""
    for table, column in (("published_cell", "published_at"), ("window_summary", "closed_at")):
        statement = f"UPDATE {table} SET {column} = replace({column}, ' ', 'T')"  # noqa: S608
        assert broken(published, [(statement, [])])


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_was_dropped_is_found(published: Path, table: str) -> None:
    rows = {row for of, _, row, _ in cells(published) if of == table}

    assert all(broken(published, [(f"DELETE FROM {table} WHERE rowid = ?", [row])]) for row in rows)  # noqa: S608


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("ledger", ("body",)),
        ("ledger", ("at", "kind", "body", "previous", "hash")),
        ("receipt", ("body",)),
        ("receipt", ("window_start",)),
        ("published_cell", ("value", "band")),
        ("released_statistic", ("weight", "weighted_micro", "contributors", "n_eff")),
        ("window_summary", ("withheld", "published", "closed_at")),
    ],
)
def test_rows_that_change_places_are_found(
    published: Path, table: str, columns: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(published)) as connection:
        names = ",".join(columns)
        rows = connection.execute(f"SELECT rowid, {names} FROM {table}").fetchall()  # noqa: S608
    first = rows[0]
    other = next(row for row in rows if row[1:] != first[1:])
    places = ",".join(f"{name} = ?" for name in columns)
    statement = f"UPDATE {table} SET {places} WHERE rowid = ?"  # noqa: S608

    assert broken(
        published,
        [(statement, [*other[1:], first[0]]), (statement, [*first[1:], other[0]])],
    )


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("published_cell", {"unit": "sales.b"}),
        ("published_cell", {"window_start": "2024-02-12"}),
        ("released_statistic", {"unit": "sales.b"}),
        ("released_statistic", {"cadence": "four_weeks"}),
        ("receipt", {"id": "0" * 64}),
        ("window_summary", {"window_start": "2024-02-12"}),
        ("ledger", {"seq": 3}),
        ("ledger", {"seq": 0}),
    ],
)
def test_a_row_that_was_put_in_is_found(published: Path, table: str, key: dict[str, Any]) -> None:
    with closing(sqlite3.connect(published)) as connection:
        names = [each[1] for each in connection.execute(f"PRAGMA table_info({table})")]
    taken = ",".join("?" if name in key else name for name in names)
    statement = f"INSERT INTO {table} SELECT {taken} FROM {table} LIMIT 1"  # noqa: S608

    assert broken(published, [(statement, [*key.values()])])
