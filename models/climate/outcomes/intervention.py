"""Whether a unit changed around a dated event more than it does around any other date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from models.climate.detection.persistence import LEAST_CONTRIBUTORS
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import window_of

SPAN_DAYS: Final = 56
"""Eight weeks on either side, the longest that the scan for drops looks at (design study)."""
LEAST_KNOWN: Final = 0.75
"""Share of the windows on either side that must be known (design study)."""
LEAST_PLACEBOS: Final = 19
"""With fewer, no change however large could have a p-value of 0.05."""
STEPS: Final = 4
"""Placebo dates in the length of one side: windows next to each other share nearly all their
days, and counting each would count the same chance several times."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class InterventionEffect:
    """Change of a unit around an event, less the change of everybody else.

    Attributes:
        unit: Where.
        event: When, a local day.
        effect: Mean difference from everybody else in the eight weeks after the window of the
            event, less that in the eight weeks before, in units of valence.
        low: Lower end of the 95 % interval: effects that the placebo test does not exclude.
        high: Upper end.
        p_value: Share of dates, the event's among them, around which the unit changed as much;
            above 0.
        placebos: The same change around the other dates, in order of date.
    """

    unit: str
    event: date
    effect: float
    low: float
    high: float
    p_value: float
    placebos: tuple[float, ...]


def intervention_effect(
    event: date, history: Sequence[ReleasedStatistic], organisation: Sequence[ReleasedStatistic]
) -> InterventionEffect | None:
    """Difference in differences around *event*, ranked among the same at other dates.

    The control is the organisation without the unit, so what everybody went through is nobody's
    effect.  Other dates are those whose sixteen weeks lie on one side of the event: whatever came
    of it is a level there, not a change.

    Args:
        event: Local day, written down before the weeks after it were seen.
        history: The unit's released windows of one cadence, in any order.
        organisation: The whole organisation's, over at least the same windows.

    Returns:
        None where nothing can be said: too few windows with ``LEAST_CONTRIBUTORS`` on a side of
        the event, or fewer than ``LEAST_PLACEBOS`` other dates.

    Raises:
        ValueError: the windows are of several units or cadences.

    Source:
        Card & Krueger (1994), American Economic Review 84, for the difference in differences;
        Abadie, Diamond & Hainmueller (2015), American Journal of Political Science 59, for
        placebo dates; Rosenbaum, Observational Studies (2002), section 2.6, for the interval.
    """
    kinds = {(statistic.unit, statistic.window.cadence) for statistic in history}
    if len(kinds) > 1:
        raise ValueError("windows of several units or cadences")
    if not history:
        return None
    ((unit, cadence),) = kinds
    first = min(statistic.window.start for statistic in history)
    side = SPAN_DAYS // cadence.days
    changes = _changes(*_against_others(history, organisation, first), side)
    place = (window_of(cadence, event).start - first).days // cadence.days
    distances = np.arange(len(changes)) - place
    apart = (np.abs(distances) > side) & (distances % max(1, side // STEPS) == 0)
    placebos = changes[apart & np.isfinite(changes)]
    effect = float(changes[place]) if 0 <= place < len(changes) else np.nan
    if np.isnan(effect) or len(placebos) < LEAST_PLACEBOS:
        return None
    sizes = np.sort(np.abs(placebos))
    # In whole numbers: the interval leaves out 0 exactly where the p-value is at most 0.05.
    critical = float(sizes[-(-19 * (len(sizes) + 1) // 20) - 1])
    return InterventionEffect(
        unit=unit,
        event=event,
        effect=effect,
        low=effect - critical,
        high=effect + critical,
        p_value=(1 + int((sizes >= abs(effect)).sum())) / (1 + len(sizes)),
        placebos=tuple(placebos.tolist()),
    )


def _against_others(
    history: Sequence[ReleasedStatistic], organisation: Sequence[ReleasedStatistic], first: date
) -> tuple[Array, Array]:
    """Weight of the unit and its valence less everybody else's, a window a place; 0 in a gap."""
    whole = {statistic.window: statistic for statistic in organisation}
    last = max(statistic.window.start for statistic in history)
    weights, differences = np.zeros((2, (last - first).days // history[0].window.cadence.days + 1))
    for part in history:
        everybody = whole.get(part.window)
        if everybody is None or part.contributors < LEAST_CONTRIBUTORS:
            continue
        if (others := everybody.without(part)) is not None:
            place = (part.window.start - first).days // part.window.cadence.days
            weights[place], differences[place] = part.weight, part.valence - others
    return weights, differences


def _changes(weights: Array, differences: Array, side: int) -> Array:
    """Mean of the *side* windows after each, less that of those before; NaN where too few."""
    changes = np.full_like(weights, np.nan)
    if len(weights) <= 2 * side:
        return changes
    shares, sums = (sliding_window_view(line, side) for line in (weights, weights * differences))
    enough = (shares > 0).sum(axis=1) >= LEAST_KNOWN * side
    means = np.where(enough, sums.sum(axis=1) / np.where(enough, shares.sum(axis=1), 1), np.nan)
    changes[side:-side] = means[side + 1 :] - means[: -side - 1]
    return changes
