"""What earlier versions wrote still verifies, and vouches for no more than it did then."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, update

from services.alerts import database, ledger
from services.alerts.tables.released import (
    LEDGER,
    PUBLISHED_CELL,
    RECEIPT,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)
from tests.database.test_ledger import without_guard

WEEK = {"cadence": "week", "window_start": date(2024, 1, 29)}
END = date(2024, 2, 5)
CLOSED = datetime(2024, 2, 7, 12, tzinfo=UTC)
UNITS = {"org": (123, 30_000_000, 41, 41.0, 0.24, "25-49"), "a-b": (45, 9_000_000, 15, 15.0, 0.2,
         "15-24")}  # fmt: skip


def spelled(fields: dict[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def write_older(engine: Engine) -> None:
    """One week as the first version wrote it, its hashes spelled out as it did."""
    sums = sorted([unit, *known[:4]] for unit, known in UNITS.items())
    cells = sorted(["valence", unit, *known[4:]] for unit, known in UNITS.items())
    body = spelled({
        "cadence": "week", "code": "0.1.0", "decisions": {"published": 2}, "end": "2024-02-05",
        "input": digest(spelled({"rows": sums})), "k": 10, "models": ["m-1"], "policy": "f" * 64,
        "published": 2, "quarter": "2024Q1", "start": "2024-01-29", "withheld": 0,
    })  # fmt: skip
    receipt, at = digest(body), "2024-02-07T12:00:00+00:00"
    entry = spelled({"cells": digest(spelled({"rows": cells})), "receipt": receipt})
    with engine.begin() as connection:
        connection.execute(RECEIPT.insert().values(id=receipt, body=body, **WEEK))
        for unit, (weight, micro, n, n_eff, value, band) in UNITS.items():
            connection.execute(RELEASED_STATISTIC.insert().values(
                unit=unit, weight=weight, weighted_micro=micro, contributors=n, n_eff=n_eff, **WEEK
            ))  # fmt: skip
            connection.execute(PUBLISHED_CELL.insert().values(
                indicator="valence", unit=unit, window_end=END, value=value, band=band,
                published_at=CLOSED, receipt_id=receipt, **WEEK,
            ))  # fmt: skip
        connection.execute(WINDOW_SUMMARY.insert().values(
            window_end=END, quarter="2024Q1", published=2, withheld=0, lost=0,
            gateways_left_out=0, closed_at=CLOSED, **WEEK,
        ))  # fmt: skip
        connection.execute(LEDGER.insert().values(
            seq=1, at=at, kind="window_closed", body=entry, previous="0" * 64,
            hash=digest(f"{'0' * 64}\n1\n{at}\nwindow_closed\n{entry}"),
        ))  # fmt: skip


@pytest.fixture
def older(engine: Engine) -> Engine:
    """A database that holds such a week."""
    write_older(engine)
    return engine


def found(engine: Engine) -> ledger.LedgerCheck:
    with database.reading(engine).begin() as connection:
        return ledger.verify(connection)


def test_a_window_of_the_first_format_holds(older: Engine) -> None:
    assert found(older).holds


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE published_cell SET value = 0.21 WHERE unit = 'a-b'", "cells"),
        ("UPDATE released_statistic SET n_eff = 14.5 WHERE unit = 'a-b'", "statistics"),
        ("UPDATE receipt SET body = replace(body, 'm-1', 'm-2')", "receipt"),
    ],
)
def test_a_change_in_it_is_found(older: Engine, statement: str, fault: str) -> None:
    without_guard(older, statement)

    assert found(older).fault == fault


@pytest.mark.parametrize("column", ["squares_micro", "shares", "margin"])
def test_nothing_can_be_put_into_it_that_its_receipt_knew_nothing_of(
    older: Engine, column: str
) -> None:
    statement = update(RELEASED_STATISTIC).values({column: "7"})
    without_guard(older, str(statement.compile(compile_kwargs={"literal_binds": True}))
                  .replace("released.", ""))  # fmt: skip

    assert found(older).fault == "statistics"


def test_no_size_of_noise_can_be_put_beside_its_values(older: Engine) -> None:
    without_guard(older, "UPDATE published_cell SET margin = 0.01 WHERE unit = 'a-b'")

    assert found(older).fault == "cells"
