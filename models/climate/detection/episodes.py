"""Alarms as people hear of them: one episode where something changed, not one a unit and week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.panel import Floats, Panel
from models.climate.detection.persistence import Evidence, clarity
from models.climate.unit_tree import UnitTree

QUIET_WEEKS: Final = 8
"""A lineage (a unit, all above and below it) opens one episode in so many weeks (design study)."""


class Direction(StrEnum):
    """Which way a unit changed."""

    DROP = "drop"
    RISE = "rise"


@dataclass(frozen=True, slots=True)
class Episode:
    """One change of one unit, as it was when it was found.

    Attributes:
        unit: The most conspicuous of its lineage.
        direction: Which way.
        opened: Monday of the first week in alarm.
        latest: Monday of the latest week in which the unit was still in alarm.
        z: Mean residual in standard deviations at the opening, negative for a drop.
        effect: The same in units of valence.
        weeks: Length of the window in which it showed most.
    """

    unit: str
    direction: Direction
    opened: date
    latest: date
    z: float
    effect: float
    weeks: int


def episodes(
    found: Evidence, threshold: float, panel: Panel, related: NDArray[np.bool_]
) -> tuple[Episode, ...]:
    """Episodes in the order in which they opened.

    The scan names the unit, the rule makes the alarm: in a lineage the most conspicuous unit
    goes first, and if its change has not lasted yet, the rest of its lineage waits for it.  By
    chance one of many teams passes the rule a week before the division that really dropped.

    An alarm that goes on, or comes back in the same unit and direction within ``QUIET_WEEKS``,
    is the same episode; while it goes on, it speaks for its lineage.

    Args:
        found: U units x T weeks.
        threshold: ``clarity`` from which the rule makes an alarm.
        panel: The same units and weeks.
        related: U x U, from ``lineages``.
    """
    alarm, sign = clarity(found.z) >= threshold, np.sign(found.z)
    quiet = QUIET_WEEKS // panel.pace.weeks
    opened = np.full(len(panel.units), -quiet)
    latest, direction = opened.copy(), np.zeros(len(panel.units))
    current: dict[int, int] = {}
    listed: list[Episode] = []
    for week in np.flatnonzero(alarm.any(axis=0)).tolist():
        lately = (week - latest < quiet) & (sign[:, week] == direction)
        going_on = alarm[:, week] & lately
        latest[going_on] = week
        for unit in np.flatnonzero(going_on).tolist():
            listed[current[unit]] = replace(listed[current[unit]], latest=panel.weeks[week])
        speaks = (week - opened < quiet) | (latest == week)
        for unit in openings(
            found.conspicuous[:, week], alarm[:, week], speaks, related, threshold
        ):
            opened[unit] = latest[unit] = week
            direction[unit] = sign[unit, week]
            current[unit] = len(listed)
            listed.append(_episode(found, panel, unit, week))
    return tuple(listed)


def openings(
    conspicuous: Floats,
    alarm: NDArray[np.bool_],
    speaks: NDArray[np.bool_],
    related: NDArray[np.bool_],
    threshold: float,
) -> list[int]:
    """Units that open an episode in one week, the most conspicuous first.

    Args:
        conspicuous: Largest ``clarity`` of each of U units, lasting or not.
        alarm: Whether the whole rule holds.
        speaks: Units whose episode speaks for their lineage.
        related: U x U, from ``lineages``.
        threshold: ``clarity`` from which a unit is conspicuous.
    """
    spoken_for, opened = speaks.copy(), []
    for unit in _most_conspicuous_first(conspicuous, threshold):
        if np.any(spoken_for & related[unit]):
            continue
        spoken_for[unit] = True
        if alarm[unit]:
            opened.append(unit)
    return opened


def lineages(tree: UnitTree) -> NDArray[np.bool_]:
    """Units x units, in the order of ``top_down``: the same, above or below each other."""
    units = tree.top_down()
    row_of = {unit: row for row, unit in enumerate(units)}
    above = np.eye(len(units), dtype=np.bool_)
    for row, unit in enumerate(units):
        parent = tree.parent(unit)
        if parent is not None:
            above[row] |= above[row_of[parent]]
    return above | above.T


def _most_conspicuous_first(conspicuous: Floats, threshold: float) -> list[int]:
    """Rows that reach the threshold; of equal ones the higher in the tree first."""
    order: list[int] = np.argsort(-conspicuous, kind="stable").tolist()
    return order[: int(np.count_nonzero(conspicuous >= threshold))]


def _episode(found: Evidence, panel: Panel, unit: int, week: int) -> Episode:
    z = float(found.z[unit, week])
    return Episode(
        unit=panel.units[unit],
        direction=Direction.DROP if z < 0 else Direction.RISE,
        opened=panel.weeks[week],
        latest=panel.weeks[week],
        z=z,
        effect=float(found.effect[unit, week]),
        weeks=int(found.weeks[unit, week]),
    )
