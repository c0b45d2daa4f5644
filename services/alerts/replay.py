"""Makes every published value of a window again from what was kept of it, and compares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from models.climate.disclosure.receipt import Receipt
from models.climate.disclosure.release import VALENCE, PublishedCell, published_cells
from models.climate.windows import Window
from services.alerts import ratios, replies
from services.alerts.ledger import chain, statistics
from services.alerts.ledger.digests import raw, spelled
from services.alerts.ledger.units import NoUnits
from services.alerts.ledger.verification import fault_of, sound_receipt
from services.alerts.tables.released import LEDGER, PUBLISHED_CELL, RECEIPT

What = Literal[
    "receipt", "entry", "statistics", "cells", "summary", "rules", "count",
    "other_value", "not_published", "not_released",
]  # fmt: skip
"""What can differ; the last three of one value, ``rules`` of one unit, the others of a window."""
Entries = Mapping[str, Mapping[str, str]]
"""By receipt, the body of the ledger entry that vouches for it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was released: where, and never which value.

    Attributes:
        what: Kind of difference.
        indicator: Of the value; empty where it is of no single one.
        unit: Of the value or the sums; empty where it is of no single one.
    """

    what: What
    indicator: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """One window, made again.

    Attributes:
        receipt: Id.
        window: None where the receipt itself is gone or was changed.
        values: Values that came out as they were published, bit for bit.
        whole: Whether shares could be made again, too; older windows kept none.
        differences: Everything that did not.
    """

    receipt: str
    window: Window | None
    values: int
    whole: bool
    differences: tuple[Difference, ...]


def vouched(connection: Connection) -> dict[str, Mapping[str, str]]:
    """Every receipt that an entry of the ledger vouches for; entries that were changed do not."""
    found: dict[str, Mapping[str, str]] = {}
    for row in connection.execute(select(LEDGER).order_by(LEDGER.c.seq)):
        whole = row.hash == chain.link(str(row.previous), row.seq, row.at, row.kind, row.body)
        if whole and row.kind == "window_closed":
            body = json.loads(row.body)
            found[body["receipt"]] = body
    return found


def everything(connection: Connection) -> Iterator[Replay]:
    """Every window of which there is a receipt, or of which the ledger says that there was one."""
    entries = vouched(connection)
    there = connection.execute(
        select(RECEIPT.c.id).order_by(raw(RECEIPT.c.window_start), RECEIPT.c.id)
    ).scalars()
    for receipt_id in dict.fromkeys([*there, *entries]):
        yield replay(connection, receipt_id, entries)


def replay(connection: Connection, receipt_id: str, entries: Entries) -> Replay:
    """Make the window of *receipt_id* again and compare it with what is published.

    Args:
        connection: Of a database that needs no running service.
        receipt_id: Which.
        entries: What the ledger vouches for, from ``vouched``.
    """
    receipt = sound_receipt(connection, receipt_id)
    if receipt is None:
        return Replay(receipt_id, None, 0, whole=False, differences=(Difference("receipt"),))
    found = list(_of_ledger(connection, receipt, entries.get(receipt_id)))
    whole = receipt.format > 1
    same = 0
    try:
        kept = [*statistics.of_window(connection, receipt.window).values()]
        made = [cell for one in kept for cell in published_cells(one, receipt.k)]
        made += _of_replies(connection, receipt)
        made += ratios.made_again(connection, receipt.window)
    except (
        AttributeError, KeyError, NoUnits, TypeError, ValueError, ZeroDivisionError,
    ):  # fmt: skip  # sums that are none
        found.append(Difference("statistics"))
    else:
        found += [Difference("rules", unit=one.unit) for one in kept if not one.stands(receipt.k)]
        expected = {(c.indicator, c.unit): _as_published(c, receipt_id) for c in made}
        published = _published(connection, receipt.window, whole=whole)
        found += _differences(expected, published)
        same = sum(published.get(key) == value for key, value in expected.items())
        if whole and len(made) != receipt.published:
            found.append(Difference("count"))
    return Replay(receipt_id, receipt.window, same, whole, tuple(dict.fromkeys(found)))


def _of_ledger(
    connection: Connection, receipt: Receipt, entry: Mapping[str, str] | None
) -> Iterator[Difference]:
    if entry is None:
        yield Difference("entry")
    elif fault := fault_of(connection, receipt, entry):
        yield Difference(fault)


def _of_replies(connection: Connection, receipt: Receipt) -> list[PublishedCell]:
    """The figures of the replies that were released, of each indicator that is published at all.

    Which ones the policy listed no table says: the receipt's count of values does.
    """
    cell, window = PUBLISHED_CELL.c, receipt.window
    listed = select(cell.indicator).where(
        cell.cadence == window.cadence.value, cell.window_start == window.start
    )
    names = set(connection.execute(listed.distinct()).scalars())
    made = replies.made_again(connection, window, receipt.quarter)
    return [figure for figure in made if figure.indicator in names]


def _as_published(cell: PublishedCell, receipt_id: str) -> str:
    return repr((cell.window_end.isoformat(), cell.value, cell.band, cell.margin, receipt_id))


def _published(
    connection: Connection, window: Window, *, whole: bool
) -> dict[tuple[str, str], str]:
    """What is published of *window*, each bit of it; not *whole*: of valence alone."""
    cell = PUBLISHED_CELL.c
    found = select(
        cell.indicator,
        cell.unit,
        raw(cell.window_end),
        raw(cell.value),
        cell.band,
        raw(cell.margin),
        cell.receipt_id,
    ).where(cell.cadence == window.cadence.value, cell.window_start == window.start)
    if not whole:
        found = found.where(cell.indicator == VALENCE)
    return {
        (indicator, unit): repr((spelled(end), value, band, margin, receipt_id))
        for indicator, unit, end, value, band, margin, receipt_id in connection.execute(found)
    }


def _differences(
    expected: Mapping[tuple[str, str], str], published: Mapping[tuple[str, str], str]
) -> Iterator[Difference]:
    for key in sorted(expected.keys() | published.keys()):
        if key not in published:
            yield Difference("not_published", *key)
        elif key not in expected:
            yield Difference("not_released", *key)
        elif expected[key] != published[key]:
            yield Difference("other_value", *key)
