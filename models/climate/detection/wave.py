"""A resignation wave as it is told: every four weeks, of units of fifty, in three words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.panel import Floats
from models.climate.detection.wave_panel import SignalPanel
from models.climate.windows import Cadence, Window, four_weeks_of

QUIET_BLOCKS: Final = 2
"""A lineage (a unit, all above and below it) opens one episode in eight weeks (design study)."""


class WaveState(StrEnum):
    """All that is said of a unit in four weeks."""

    NOTHING = "usual_or_not_shown"
    RAISED = "raised"
    CLEARLY_RAISED = "clearly_raised"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which ``Z`` on a state is told.

    Attributes:
        raised: For the accepted number of false episodes, the larger one.
        clearly: For the smaller one.

    Raises:
        ValueError: they are the wrong way round.
    """

    raised: float
    clearly: float

    def __post_init__(self) -> None:
        if not 0 < self.raised <= self.clearly:
            raise ValueError("clearly raised is at least raised")


def wave_states(
    z: Floats, panel: SignalPanel, related: NDArray[np.bool_], thresholds: Thresholds
) -> Mapping[Window, Mapping[str, WaveState]]:
    """The state of each unit in each aligned block of four weeks that the panel holds whole.

    In a lineage only the most conspicuous unit is named: a wave of a team raises its department
    too.  Of all others the answer is the same whether they are as usual or not shown, because
    the difference would tell that fewer than five people have the signal.

    Args:
        z: Units x weeks, from ``surges``.
        panel: The same units and weeks.
        related: Units x units, from ``lineages``.
        thresholds: From ``wave_thresholds``.

    Source:
        Design study.
    """
    told: dict[Window, Mapping[str, WaveState]] = {}
    for window, columns in _blocks(panel.weeks).items():
        largest = z[:, columns].max(axis=1)
        states = dict.fromkeys(panel.units, WaveState.NOTHING)
        for row in named(largest, thresholds.raised, related):
            clearly = largest[row] >= thresholds.clearly
            states[panel.units[row]] = WaveState.CLEARLY_RAISED if clearly else WaveState.RAISED
        told[window] = states
    return told


def wave_episodes(
    z: Floats, panel: SignalPanel, related: NDArray[np.bool_], threshold: float
) -> tuple[tuple[str, Window], ...]:
    """Units and the blocks in which their lineage is named again after ``QUIET_BLOCKS``, or first.

    An episode that goes on is one.
    """
    last = np.full(len(panel.units), -QUIET_BLOCKS - 1)
    found: list[tuple[str, Window]] = []
    for number, (window, columns) in enumerate(_blocks(panel.weeks).items()):
        rows = named(z[:, columns].max(axis=1), threshold, related)
        fresh = [row for row in rows if np.all(number - last[related[row]] > QUIET_BLOCKS)]
        found += [(panel.units[row], window) for row in fresh]
        last[rows] = number
    return tuple(found)


def named(largest: Floats, threshold: float, related: NDArray[np.bool_]) -> list[int]:
    """Rows that reach the threshold, the most conspicuous of each lineage; the higher if equal."""
    rows: list[int] = []
    for row in np.argsort(-largest, kind="stable").tolist():
        if largest[row] < threshold:
            break
        if not related[row, rows].any():
            rows.append(row)
    return rows


def _blocks(weeks: tuple[date, ...]) -> dict[Window, list[int]]:
    """Columns of each block of which all four weeks are there."""
    columns: dict[Window, list[int]] = {}
    for column, monday in enumerate(weeks):
        columns.setdefault(four_weeks_of(monday), []).append(column)
    whole = len(next(iter(columns)).split(Cadence.WEEK))
    return {window: held for window, held in columns.items() if len(held) == whole}
