"""How much a unit changed, beyond what the rest of the organisation did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from models.climate.disclosure.released_statistic import ReleasedStatistic

BASELINE: Final = 4
"""Published windows before the latest that it is compared with."""
LEAST_BASELINE: Final = 3
"""With fewer there is no telling what was usual."""
LEAST_CONTRIBUTORS: Final = 20
"""Below, the mean of a window moves by chance as far as a real drop moves it: of teams of 10 to
14 a drop of 0.05 is found in a third of cases (design study)."""


def change(
    history: Sequence[ReleasedStatistic], organisation: Sequence[ReleasedStatistic]
) -> float | None:
    """The latest valence of a unit, less its usual one, less the same of everybody else.

    Everybody else is the organisation minus the unit in the same windows, so that a unit is not
    compared with itself.  Negative is a drop, in units of valence.

    Args:
        history: One unit's released windows, in any order; the latest is judged.
        organisation: The whole organisation's, over at least the same windows.

    Returns:
        None where nothing can be said: fewer than ``LEAST_BASELINE`` earlier windows, fewer than
        ``LEAST_CONTRIBUTORS`` contributors now, or no one else in the latest window.
    """
    others = _others(history, organisation)
    compared = sorted(
        (statistic for statistic in history if statistic.window.start in others),
        key=lambda statistic: statistic.window.start,
    )
    latest = max((statistic.window.start for statistic in history), default=None)
    if not compared or compared[-1].window.start != latest:
        return None
    *earlier, now = compared
    usual = earlier[-BASELINE:]
    if now.contributors < LEAST_CONTRIBUTORS or len(usual) < LEAST_BASELINE:
        return None
    net = [statistic.valence - others[statistic.window.start] for statistic in (*usual, now)]
    return net[-1] - sum(net[:-1]) / len(usual)


def _others(
    history: Sequence[ReleasedStatistic], organisation: Sequence[ReleasedStatistic]
) -> Mapping[date, float]:
    """Valence of the organisation without the unit, by first day of the window."""
    whole = {statistic.window: statistic for statistic in organisation}
    return {
        part.window.start: others
        for part in history
        if (all_ := whole.get(part.window)) and (others := all_.without(part)) is not None
    }
