"""Released sums as rows and back; a row that was released says all that was released of it."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, select

from models.climate.catalogue import PARTICIPATION
from models.climate.disclosure.receipt import canonical
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence, Window, window_of
from services.alerts.tables.released import RELEASED_STATISTIC


def of_window(connection: Connection, window: Window) -> dict[str, ReleasedStatistic]:
    """What was released of *window*, by unit."""
    sums = RELEASED_STATISTIC.c
    found = select(RELEASED_STATISTIC).where(
        sums.cadence == window.cadence.value, sums.window_start == window.start
    )
    return {row.unit: of_row(row) for row in connection.execute(found)}


def of_row(row: Row[Any]) -> ReleasedStatistic:
    """The sums in one row of ``RELEASED_STATISTIC``; the tenth stands among its shares."""
    shares: dict[str, int] = json.loads(row.shares or "{}")
    tenth = shares.pop(PARTICIPATION.id, None)
    return ReleasedStatistic(
        unit=row.unit,
        window=window_of(Cadence(row.cadence), row.window_start),
        weight=row.weight,
        weighted_micro=row.weighted_micro,
        contributors=row.contributors,
        n_eff=row.n_eff,
        squares_micro=row.squares_micro,
        shares=MappingProxyType(shares),
        tenth=tenth,
        margin=row.margin,
    )


def as_row(statistic: ReleasedStatistic) -> dict[str, object]:
    """The row that keeps *statistic*."""
    tenth = {} if statistic.tenth is None else {PARTICIPATION.id: statistic.tenth}
    return {
        "unit": statistic.unit,
        "cadence": statistic.window.cadence.value,
        "window_start": statistic.window.start,
        "weight": statistic.weight,
        "weighted_micro": statistic.weighted_micro,
        "contributors": statistic.contributors,
        "n_eff": statistic.n_eff,
        "squares_micro": statistic.squares_micro,
        "shares": canonical({**statistic.shares, **tenth}).decode("ascii"),
        "margin": statistic.margin,
    }
