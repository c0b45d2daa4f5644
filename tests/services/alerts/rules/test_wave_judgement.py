"""What four weeks show the rule about leaving, and what of that may be told apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from models.climate.detection.wave import WaveState
from models.climate.windows import four_weeks_of
from services.alerts.rules.judgement import Judged
from services.alerts.rules.rule import Wave
from services.alerts.rules.signals import Signals
from services.alerts.rules.state import Observation
from services.alerts.rules.wave_judgement import judge_wave
from tests.database.test_wave_rule import CONDITION, START
from tests.fakes.leaving import block
from tests.models.climate.detection.signals import UNITS, chance, released

Counts = Mapping[str, NDArray[np.int64]]
CLEARLY = WaveState.CLEARLY_RAISED


def judged(
    counts: Counts,
    number: int,
    told: Collection[str] = (),
    speaking: Collection[str] = (),
    condition: Wave = CONDITION,
) -> Mapping[str, Judged]:
    window = block(number)
    known = [one for one in released(counts) if one.window.start < window.end_exclusive]
    return judge_wave(condition, window, Signals(UNITS, known), told, speaking)


def wave(more: int, weeks: int = 4, units: Collection[str] = ("b2",)) -> Counts:
    counts = chance(1)
    for unit in units:
        counts[unit][4 * START : 4 * START + weeks] += more
    return counts


def test_a_department_that_is_clearly_raised_begins_an_alert() -> None:
    assert judged(wave(12), START) == {"b2": Judged(Observation.BREACH, wave=CLEARLY)}


@pytest.mark.parametrize("speaking", ["b2", "b", "org"])
def test_where_its_lineage_was_told_of_lately_it_only_goes_on(speaking: str) -> None:
    found = judged(wave(12), START, speaking={speaking})

    assert found["b2"] == Judged(Observation.BETWEEN, wave=CLEARLY)
    assert judged(wave(12), START, speaking={"c2"})["b2"].observation is Observation.BREACH


def test_an_alert_that_is_told_goes_on_while_it_is_clearly_raised() -> None:
    found = judged(wave(12, weeks=8), START + 1, told={"b2"}, speaking={"b2"})

    assert found["b2"] == Judged(Observation.BREACH, wave=CLEARLY)


def test_what_is_raised_alone_begins_nothing_and_lets_an_alert_go_on() -> None:
    strict = CONDITION.model_copy(update={"threshold": 19.0})

    found = [judged(wave(12), START, told, condition=strict) for told in ((), ("b2",))]

    assert found == [{"b2": Judged(Observation.BETWEEN, wave=WaveState.RAISED)}] * 2


def test_as_usual_and_not_shown_are_one_answer() -> None:
    usual, hidden = chance(1), {unit: count.copy() for unit, count in chance(1).items()}
    hidden["b2"][:] = 0

    for told in ((), ("b2",)):
        answers = [judged(counts, START, told) for counts in (usual, hidden)]
        assert [answer.get("b2") for answer in answers] == [None, None]


def test_nothing_is_said_without_a_calibration_without_a_count_or_of_weeks_to_come() -> None:
    assert judged(wave(12), START, condition=Wave()) == {}
    assert judge_wave(CONDITION, block(START), None, (), ()) == {}
    assert judge_wave(CONDITION, block(START), Signals(UNITS, []), (), ()) == {}
    early = [one for one in released(wave(12)) if one.window.start < block(START).start]
    assert judge_wave(CONDITION, block(START), Signals(UNITS, early), (), ()) == {}


def test_the_first_four_weeks_of_all_say_nothing_and_nothing_breaks() -> None:
    assert [judged(chance(1), number) for number in range(4)] == [{}] * 4
    assert four_weeks_of(block(3).start) == block(3)
