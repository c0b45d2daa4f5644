"""Feelings need a floor, signals thresholds, and nobody leaves and moves inside at once."""

from __future__ import annotations

import numpy as np
import pytest

from models.language import decision
from models.language.corpus import loader
from models.language.labels import Signal

SIGNALS = list(Signal)
LEAVES, MOVES = SIGNALS.index(Signal.TURNOVER_INTENT), SIGNALS.index(Signal.MOBILITY_INTENT)


def said(**p: float) -> set[str]:
    row = np.array([[p.get(signal, 0.0) for signal in SIGNALS]], np.float32)
    [found] = decision.signals(row, np.full(len(SIGNALS), 0.5, np.float32))
    return {str(signal) for signal, there in zip(SIGNALS, found, strict=True) if there}


@pytest.mark.parametrize(
    ("leaves", "moves", "expected"),
    [
        (0.9, 0.6, {"turnover_intent"}),
        (0.6, 0.9, {"mobility_intent"}),
        (0.6, 0.6, {"turnover_intent"}),
        (0.4, 0.6, {"mobility_intent"}),
        (0.6, 0.4, {"turnover_intent"}),
        (0.4, 0.4, set()),
    ],
)
def test_of_leaving_and_moving_the_likelier_is_said(
    leaves: float, moves: float, expected: set[str]
) -> None:
    assert said(turnover_intent=leaves, mobility_intent=moves) == expected


def test_every_other_signal_may_stand_beside_any() -> None:
    assert said(**dict.fromkeys(map(str, SIGNALS), 0.5)) == set(map(str, SIGNALS)) - {
        "mobility_intent"
    }


def test_a_feeling_is_named_from_the_floor_on_whichever_it_is() -> None:
    floor, rest = np.float32(decision.FLOOR), np.float32(1 - decision.FLOOR)
    below = np.nextafter(floor, np.float32(0))
    rows = np.array(
        [[floor, rest, 0], [0, floor, rest], [rest, 0, floor], [below, rest, 0], [0.4, 0.3, 0.3]]
    )

    assert decision.sure(rows.astype(np.float32)).tolist() == [True, True, True, False, False]
    assert decision.sure(np.zeros((0, 3), np.float32)).shape == (0,)


def test_hardly_a_message_carries_both() -> None:
    both = either = 0
    for example in loader.load():
        wants = example.signals & {Signal.TURNOVER_INTENT, Signal.MOBILITY_INTENT}
        both, either = both + (len(wants) > 1), either + bool(wants)

    assert both / either < 1 / 60
