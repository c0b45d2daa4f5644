"""The life of one alert, in event time: a pure function of what each window showed.

Nothing here reads a clock.  Times are the ends of windows, so a replay of the same windows
gives the same states whenever it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from services.alerts.rules.rule import Rule


class Phase(StrEnum):
    """Where an alert stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"


class Observation(StrEnum):
    """What one window showed of one unit."""

    BREACH = "breach"
    BETWEEN = "between"
    """Neither a breach nor recovered."""
    RECOVERED = "recovered"
    WITHHELD = "withheld"
    """No published cell, too few contributors or no baseline: nothing may be concluded."""


class Transition(StrEnum):
    """What the outside is told of; the other moves are nobody's business."""

    FIRING = "firing"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is remembered of an alert between windows."""

    phase: Phase = Phase.INACTIVE
    active_at: date | None = None
    """End of the first window of the breach."""
    recovering_at: date | None = None
    """End of the first recovered window."""
    held_at: date | None = None
    """End of the first of the latest windows without a published cell."""


INACTIVE: Final = State()
Step = tuple[State, Transition | None]


def step(state: State, observation: Observation, window_end: date, rule: Rule) -> Step:
    """The state after the window that ends at *window_end*, and what to tell.

    Source:
        The state machine of Prometheus alerting rules, with a recovery threshold and with holding.
    """
    if observation is Observation.WITHHELD:
        return _withheld(state, window_end, rule)
    state = replace(state, held_at=None)
    match state.phase, observation:
        case Phase.INACTIVE | Phase.PENDING, Observation.BREACH:
            return _breached(state, window_end, rule)
        case Phase.INACTIVE | Phase.PENDING, _:
            return INACTIVE, None
        case _, Observation.BREACH:
            return replace(state, phase=Phase.FIRING, recovering_at=None), None
        case _, Observation.RECOVERED:
            return _recovered(state, window_end, rule)
    return state, None


def _breached(state: State, window_end: date, rule: Rule) -> Step:
    active_at = state.active_at or window_end
    if _windows(active_at, window_end, rule) >= rule.for_windows:
        return State(Phase.FIRING, active_at), Transition.FIRING
    return State(Phase.PENDING, active_at), None


def _recovered(state: State, window_end: date, rule: Rule) -> Step:
    recovering_at = state.recovering_at or window_end
    if _windows(recovering_at, window_end, rule) > rule.keep_windows:
        return INACTIVE, Transition.RESOLVED
    return replace(state, phase=Phase.RECOVERING, recovering_at=recovering_at), None


def _withheld(state: State, window_end: date, rule: Rule) -> Step:
    if state.phase in {Phase.INACTIVE, Phase.PENDING}:
        return INACTIVE, None
    held_at = state.held_at or window_end
    if _windows(held_at, window_end, rule) > rule.hold_max:
        return INACTIVE, Transition.WITHDRAWN
    return replace(state, held_at=held_at), None


def _windows(first_end: date, last_end: date, rule: Rule) -> int:
    """How many windows there are from the first to the last, both counted."""
    return (last_end - first_end).days // rule.cadence.days + 1
