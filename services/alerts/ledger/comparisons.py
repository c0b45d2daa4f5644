"""Units side by side, once a quarter: found from released sums, kept for good, and found again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Select, select

from models.climate.detection.comparison import FALSE_DISCOVERIES, Standing
from models.climate.detection.quarterly_comparison import (
    Parts,
    as_told,
    comparable,
    lowest,
    weeks_in,
)
from models.climate.disclosure.receipt import canonical
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence, Window, blocks_of, quarter_of, window_of
from services.alerts.ledger import statistics
from services.alerts.ledger.chain import append
from services.alerts.ledger.digests import raw, spelled
from services.alerts.ledger.units import tree_in
from services.alerts.tables.released import (
    COMPARISON,
    RECEIPT,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)

Quarter = Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q4"])]
Valence = Annotated[float, Field(ge=-2, le=2)]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitCompared(_Told):
    """One unit beside the others; no order of units means anything."""

    unit: str = Field(examples=["operations.logistics"])
    standing: Standing
    estimate: Valence = Field(description="Valence, drawn towards that of all.", examples=[0.12])
    low: Valence = Field(description="Lower end of the 90 % interval.", examples=[0.07])
    high: Valence = Field(description="Upper end.", examples=[0.17])


class Comparison(_Told):
    """Everything that is said of one quarter."""

    format: Literal[1] = 1
    quarter: Quarter
    start: date = Field(description="First day of the weeks that were compared.")
    end: date = Field(description="First day after them.")
    weeks: int = Field(description="So many weeks could be compared.")
    compared: int = Field(description="So many units were; 0 where there were too few.")
    wrong_share: float = Field(
        description="Share of the units called different that may be so by chance.", examples=[0.1]
    )
    units: tuple[UnitCompared, ...] = Field(description="By id, which is no rank.")


@dataclass(frozen=True, slots=True)
class _Past:
    """What of a quarter can be compared with its last four weeks."""

    windows: tuple[Window, ...]
    statistics: tuple[ReleasedStatistic, ...]
    tree: str


def make(connection: Connection, window: Window, now: datetime) -> Comparison | None:
    """Compare the units of the quarter that ends with *window*, once, in the caller's transaction.

    Returns:
        What was found; None where *window* does not end a quarter, has not closed, or the quarter
        was compared before.
    """
    quarter = quarter_of(window.start)
    if window != blocks_of(quarter)[-1] or of_quarter(connection, quarter) is not None:
        return None
    past = _past(connection, quarter)
    if past is None:
        return None
    tree = tree_in(connection, past.tree)
    of_tree = [one for one in past.statistics if one.unit in tree]
    found = _comparison(quarter, past, lowest(comparable(of_tree, past.windows), tree))
    connection.execute(
        COMPARISON.insert().values(quarter=quarter, body=found.model_dump_json(), computed_at=now)
    )
    append(connection, "comparison", {"quarter": quarter, "row": _digest(connection, quarter)}, now)
    return found


def of_quarter(connection: Connection, quarter: str) -> Comparison | None:
    """What was found for *quarter*; None where it was not compared."""
    return _read(connection, select(COMPARISON.c.body).where(COMPARISON.c.quarter == quarter))


def newest(connection: Connection) -> Comparison | None:
    """What was found for the latest quarter; None before the first."""
    latest = COMPARISON.c.quarter.desc()
    return _read(connection, select(COMPARISON.c.body).order_by(latest).limit(1))


def quarters(connection: Connection) -> tuple[str, ...]:
    """Every quarter that was compared, oldest first."""
    found = select(COMPARISON.c.quarter).order_by(COMPARISON.c.quarter)
    return tuple(connection.execute(found).scalars())


def stands(connection: Connection, entry: Mapping[str, str]) -> bool:
    """Whether the comparison that a ledger entry vouches for is there as it was made."""
    return _digest(connection, entry["quarter"]) == entry["row"]


def replayed(connection: Connection) -> Iterator[tuple[str, bool]]:
    """Each quarter that was compared, and whether its units come out the same, bit for bit.

    Which units were compared is taken from the finding: the tree is not among what is final.
    """
    for quarter in quarters(connection):
        yield quarter, _comes_out_the_same(connection, quarter)


def _comes_out_the_same(connection: Connection, quarter: str) -> bool:
    try:
        kept, past = of_quarter(connection, quarter), _past(connection, quarter)
        if kept is None or past is None:
            return False
        parts = comparable(past.statistics, past.windows)
        named = {one.unit: parts[one.unit] for one in kept.units}
        return _comparison(quarter, past, named) == kept
    except (KeyError, ValueError, TypeError, AttributeError):  # a finding or sums that are none
        return False


def _comparison(quarter: str, past: _Past, parts: Parts) -> Comparison:
    found = as_told(parts)
    return Comparison(
        quarter=quarter,
        start=min(window.start for window in past.windows),
        end=max(window.end_exclusive for window in past.windows),
        weeks=len(weeks_in(past.windows)),
        compared=len(found),
        wrong_share=FALSE_DISCOVERIES,
        units=tuple(
            UnitCompared(
                unit=one.unit,
                standing=one.standing,
                estimate=one.estimate,
                low=one.low,
                high=one.high,
            )
            for one in found
        ),
    )


def _past(connection: Connection, quarter: str) -> _Past | None:
    """Windows over the tree and by the models of the quarter's last four weeks.

    Valences that other models scored do not compare, and people of two trees are not the same.
    """
    blocks = blocks_of(quarter)
    closed = {
        (row.cadence, row.window_start): (row.quarter, frozenset(json.loads(row.body)["models"]))
        for row in connection.execute(_closed(blocks[0].start, blocks[-1].end_exclusive))
    }
    last = closed.get((Cadence.FOUR_WEEKS.value, blocks[-1].start))
    if last is None:
        return None
    same = {
        window_of(Cadence(cadence), start)
        for (cadence, start), terms in closed.items()
        if terms == last and cadence != Cadence.DAY.value  # a week is the sum of its days
    }
    sums = RELEASED_STATISTIC.c
    released = connection.execute(
        select(RELEASED_STATISTIC)
        .where(sums.window_start >= blocks[0].start)
        .where(sums.window_start < blocks[-1].end_exclusive)
        .where(sums.weight > 0, sums.squares_micro.is_not(None))  # no shares alone, and no noise
        .order_by(sums.unit, sums.window_start)
    )
    found = tuple(one for row in released if (one := statistics.of_row(row)).window in same)
    return _Past(tuple(sorted(same, key=lambda w: (w.start, w.cadence.days))), found, last[0])


def _closed(first: date, after: date) -> Select[Any]:
    of_receipt = (RECEIPT.c.cadence == WINDOW_SUMMARY.c.cadence) & (
        RECEIPT.c.window_start == WINDOW_SUMMARY.c.window_start
    )
    return (
        select(WINDOW_SUMMARY, RECEIPT.c.body)
        .join(RECEIPT, of_receipt)
        .where(WINDOW_SUMMARY.c.window_start >= first, WINDOW_SUMMARY.c.window_start < after)
    )


def _read(connection: Connection, found: Select[Any]) -> Comparison | None:
    body = connection.execute(found).scalar_one_or_none()
    return None if body is None else Comparison.model_validate_json(body)


def _digest(connection: Connection, quarter: str) -> str:
    """Hash over the row of *quarter*, whatever it holds; that of nothing where there is none."""
    found = select(COMPARISON.c.quarter, COMPARISON.c.body, raw(COMPARISON.c.computed_at))
    row = connection.execute(found.where(COMPARISON.c.quarter == quarter)).first()
    values = [] if row is None else [spelled(value) for value in row]
    return sha256(canonical({"row": values})).hexdigest()
