"""Everything that is released of one window, in the rows that are final."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Connection, Table

from models.climate.disclosure.receipt import FORMAT, Receipt
from models.climate.disclosure.release import Release
from models.climate.windows import Window
from services.alerts.database import STATEMENT_ROWS
from services.alerts.ledger import statistics
from services.alerts.ledger.chain import append
from services.alerts.ledger.digests import (
    digest_of_cells,
    digest_of_plan,
    digest_of_ratios,
    digest_of_replies,
    digest_of_summary,
    digest_of_sums,
)
from services.alerts.tables.released import (
    PUBLISHED_CELL,
    RECEIPT,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)

NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Terms:
    """What a window was released under, beside its cells.

    Attributes:
        policy: Fingerprint of the policy.
        k: Fewest contributors.
        quarter: The unit tree.
        models: What scored its messages.
        weights: Hashes of their weights.
        code: Version of the program.
        recipients: Exits that can read it.
        lost: Messages that were set aside unscored.
        gateways_left_out: Silent gateways that it did not wait for.
        budget_spent: Differential privacy that it costs; None where that is off.
        budget_left: What its block has left; None where it is off.
    """

    policy: str
    k: int
    quarter: str
    models: tuple[str, ...]
    weights: Mapping[str, Mapping[str, str]]
    code: str
    recipients: tuple[str, ...]
    lost: int
    gateways_left_out: int
    budget_spent: float | None = None
    budget_left: float | None = None


def record(
    connection: Connection, window: Window, released: Release, terms: Terms, now: datetime
) -> Receipt:
    """Write what was released of *window*, its receipt, its summary and its ledger entry.

    What was released of its replies and coverage stands there already, and the entry vouches for
    it too.

    The caller's transaction decides: all of it is written, or nothing.
    """
    _write(
        connection, RELEASED_STATISTIC, [statistics.as_row(found) for found in released.statistics]
    )
    nonce = token_hex(NONCE_BYTES)
    receipt = Receipt(
        policy=terms.policy,
        models=terms.models,
        weights=terms.weights,
        code=terms.code,
        window=window,
        quarter=terms.quarter,
        input_digest=digest_of_sums(connection, window, FORMAT, nonce),
        decisions=released.decisions,
        published=len(released.published),
        withheld=released.withheld,
        k=terms.k,
        recipients=terms.recipients,
        budget_spent=terms.budget_spent,
        budget_left=terms.budget_left,
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
    connection.execute(
        WINDOW_SUMMARY.insert().values(
            cadence=window.cadence.value,
            window_start=window.start,
            window_end=window.end_exclusive,
            quarter=terms.quarter,
            published=len(released.statistics),
            withheld=released.withheld,
            lost=terms.lost,
            gateways_left_out=terms.gateways_left_out,
            closed_at=now,
        )
    )
    entry = {
        "cells": digest_of_cells(connection, window, FORMAT),
        "nonce": nonce,
        "receipt": receipt.id,
        "summary": digest_of_summary(connection, window),
    }
    if plan := digest_of_plan(connection, terms.quarter):
        entry["plan"] = plan
    if (replies := digest_of_replies(connection, window)) is not None:
        entry["replies"] = replies
    if (ratios := digest_of_ratios(connection, window)) is not None:
        entry["ratios"] = ratios
    append(connection, "window_closed", entry, now)
    return receipt


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
            "margin": cell.margin,
            "published_at": now,
            "receipt_id": receipt_id,
        }
