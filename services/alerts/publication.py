"""One window through the one door, and everything that comes out of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from models.climate.disclosure.receipt import Receipt
from models.climate.disclosure.release import (
    ClosedWindow,
    Release,
    release,
)
from models.climate.windows import Cadence, Window
from services.alerts import gateways, ledger, missed, organisation
from services.alerts.database import STATEMENT_ROWS
from services.alerts.organisation import People
from services.alerts.tables.pseudonymous import FOLDED_DAY
from services.alerts.tables.released import (
    PUBLISHED_CELL,
    RECEIPT,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)
from services.contracts.governance import Policy, fingerprint

VERSION: Final = version("barograph")


@dataclass(frozen=True, slots=True)
class Published:
    """Of how many units a window's cells were published, and of how many not."""

    published: int
    withheld: int


def publish(connection: Connection, window: Window, policy: Policy, now: datetime) -> Published:
    """Decide *window* and write what may be seen, its receipt and its ledger entry.

    The caller's transaction decides: all of it is written, or nothing.

    Raises:
        NoUnits: the organisation is not known yet.
    """
    quarter, tree = organisation.tree_of(connection, window)
    plan = organisation.plan_of(connection, quarter, tree, policy.k)
    organisation.keep_plan(connection, quarter, plan)
    everybody = organisation.people(connection, window, tree)
    released = release(
        tree=tree,
        plan=plan,
        window=window,
        cells=everybody.cells(window),
        k=policy.k,
        indicators=policy.indicators,
        finer=_finer(connection, window, everybody, plan),
    )
    _write(connection, RELEASED_STATISTIC, list(_statistics(released)))
    receipt = Receipt(
        policy=fingerprint(policy),
        models=_models(connection, window),
        code=VERSION,
        window=window,
        quarter=quarter,
        input_digest=ledger.digest_of_sums(connection, window),
        decisions=released.decisions,
        published=len(released.published),
        withheld=released.withheld,
        k=policy.k,
    )
    connection.execute(
        RECEIPT.insert().values(
            id=receipt.id,
            cadence=window.cadence.value,
            window_start=window.start,
            body=receipt.body.decode("ascii"),
        )
    )
    _write(connection, PUBLISHED_CELL, list(_cells(released, receipt.id, now)))
    summary = Published(len(released.statistics), released.withheld)
    connection.execute(
        WINDOW_SUMMARY.insert().values(
            cadence=window.cadence.value,
            window_start=window.start,
            window_end=window.end_exclusive,
            quarter=quarter,
            published=summary.published,
            withheld=summary.withheld,
            lost=missed.lost(connection, window),
            gateways_left_out=gateways.left_out(connection, now),
            closed_at=now,
        )
    )
    cells = ledger.digest_of_cells(connection, window)
    ledger.append(connection, "window_closed", {"receipt": receipt.id, "cells": cells}, now)
    return summary


def _finer(
    connection: Connection, window: Window, everybody: People, plan: Mapping[str, Cadence]
) -> list[ClosedWindow]:
    """The days and weeks of *window* that anything may stand in, each with what was published."""
    cadences = [Cadence.WEEK]
    if Cadence.DAY in plan.values():
        cadences.append(Cadence.DAY)
    return [
        ClosedWindow(part, everybody.cells(part), organisation.released(connection, part))
        for cadence in cadences
        if cadence.is_finer_than(window.cadence)
        for part in window.split(cadence)
    ]


def _write(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), STATEMENT_ROWS):
        connection.execute(table.insert(), rows[start : start + STATEMENT_ROWS])


def _cells(released: Release, receipt_id: str, now: datetime) -> Iterator[dict[str, Any]]:
    for cell in released.published:
        yield {
            "indicator": cell.indicator,
            "unit": cell.unit,
            "cadence": cell.cadence.value,
            "window_start": cell.window_start,
            "window_end": cell.window_end,
            "value": cell.value,
            "band": cell.band,
            "published_at": now,
            "receipt_id": receipt_id,
        }


def _statistics(released: Release) -> Iterator[dict[str, Any]]:
    for found in released.statistics:
        yield {
            "unit": found.unit,
            "cadence": found.window.cadence.value,
            "window_start": found.window.start,
            "weight": found.weight,
            "weighted_micro": found.weighted_micro,
            "contributors": found.contributors,
            "n_eff": found.n_eff,
        }


def _models(connection: Connection, window: Window) -> tuple[str, ...]:
    """The language models that scored the days of *window*."""
    days = select(FOLDED_DAY.c.models).where(
        FOLDED_DAY.c.local_day >= window.start, FOLDED_DAY.c.local_day < window.end_exclusive
    )
    return tuple(sorted({name for day in connection.execute(days).scalars() for name in day}))
