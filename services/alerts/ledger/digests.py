"""Hashes over the rows that a receipt and its ledger entry vouch for."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, select

from models.climate.disclosure.receipt import canonical
from models.climate.windows import Window
from services.alerts.tables.released import PUBLISHED_CELL, RELEASED_STATISTIC


def digest_of_cells(connection: Connection, window: Window) -> str:
    """Hash over every published value of *window*, which its ledger entry holds."""
    cell = PUBLISHED_CELL.c
    found = select(cell.indicator, cell.unit, cell.value, cell.band).where(
        cell.cadence == window.cadence.value, cell.window_start == window.start
    )
    return _digest(sorted([*row] for row in connection.execute(found)))


def digest_of_sums(connection: Connection, window: Window) -> str:
    """Hash over the sums that the published values of *window* were made from.

    Of released cells alone: whoever holds these could guess a withheld cell from a hash of all.
    """
    sums = RELEASED_STATISTIC.c
    found = select(
        sums.unit, sums.weight, sums.weighted_micro, sums.contributors, sums.n_eff
    ).where(sums.cadence == window.cadence.value, sums.window_start == window.start)
    return _digest(sorted([*row] for row in connection.execute(found)))


def _digest(rows: list[list[object]]) -> str:
    return sha256(canonical({"rows": rows})).hexdigest()
