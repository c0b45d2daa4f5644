"""What a rule may say, and what identifies its alerts."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from models.climate.detection.episodes import Direction
from models.climate.windows import Cadence
from services.alerts.rules.catalogue import BUILT_IN
from services.alerts.rules.rule import (
    BEFORE_CALIBRATION,
    SUSTAINED_DROP,
    SUSTAINED_RISE,
    Calibration,
    Rule,
    Severity,
    Sustained,
)

CALIBRATED = SUSTAINED_DROP.model_copy(
    update={
        "version": 3,
        "condition": Sustained(
            direction=Direction.DROP,
            threshold=3.85,
            calibration=Calibration(
                on=date(2026, 11, 30),
                until=date(2026, 11, 16),
                seed=1,
                repetitions=300,
                accepted=1.0,
                rate=0.9,
                low=0.8,
                high=1.0,
            ),
        ),
    }
)


def test_the_built_in_rules_look_both_ways_and_say_that_they_are_not_calibrated() -> None:
    conditions = [rule.condition for rule in BUILT_IN]

    assert (
        conditions
        == [
            Sustained(direction=direction, threshold=4.0, calibration=None)
            for direction in Direction
        ]
        * 2
    )
    assert BEFORE_CALIBRATION == 4.0
    assert {(rule.indicator, rule.cadence) for rule in BUILT_IN} == {
        ("valence", Cadence.WEEK),
        ("valence", Cadence.FOUR_WEEKS),
    }


def test_a_drop_weighs_more_than_a_rise() -> None:
    assert (SUSTAINED_DROP.severity, SUSTAINED_RISE.severity) == (Severity.WARNING, Severity.INFO)


@pytest.mark.parametrize("rule", [SUSTAINED_DROP, SUSTAINED_RISE, CALIBRATED])
def test_survives_its_way_through_the_database(rule: Rule) -> None:
    assert Rule.model_validate_json(rule.model_dump_json()) == rule


def test_a_rule_without_a_threshold_is_refused() -> None:
    document = SUSTAINED_DROP.model_dump()
    document["condition"]["threshold"] = 0.0

    with pytest.raises(ValidationError):
        Rule.model_validate(document)


def test_an_alert_is_the_same_alert_under_a_changed_rule() -> None:
    assert CALIBRATED.fingerprint("it") == SUSTAINED_DROP.fingerprint("it")
    assert CALIBRATED.fingerprint("it") != CALIBRATED.fingerprint("hr")
    assert SUSTAINED_RISE.fingerprint("it") != SUSTAINED_DROP.fingerprint("it")
    assert len(CALIBRATED.fingerprint("it")) == 16
