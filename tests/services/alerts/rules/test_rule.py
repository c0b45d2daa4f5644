"""What a rule may say, and what identifies its alerts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from models.climate.windows import Cadence
from services.alerts.rules.rule import SUSTAINED_DROP, Drop, Rule, Severity


def test_a_recovery_beyond_the_threshold_is_refused() -> None:
    with pytest.raises(ValidationError, match="below the threshold"):
        Drop(threshold=0.1, recovery=0.1)


def test_a_rule_cannot_look_at_fewer_people_than_are_published() -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate({**SUSTAINED_DROP.model_dump(), "least_contributors": 9})


def test_the_built_in_rule_asks_for_a_clear_drop_that_lasts() -> None:
    rule = SUSTAINED_DROP

    assert (rule.indicator, rule.cadence, rule.level) == ("valence", Cadence.WEEK, 2)
    assert (rule.condition.threshold, rule.condition.recovery) == (0.10, 0.05)
    assert (rule.for_windows, rule.least_contributors) == (2, 20)
    assert rule.severity is Severity.WARNING


def test_survives_its_way_through_the_database() -> None:
    assert Rule.model_validate_json(SUSTAINED_DROP.model_dump_json()) == SUSTAINED_DROP


def test_an_alert_is_the_same_alert_under_a_changed_rule() -> None:
    changed = SUSTAINED_DROP.model_copy(update={"version": 2, "for_windows": 3})

    assert changed.fingerprint("it") == SUSTAINED_DROP.fingerprint("it")
    assert changed.fingerprint("it") != changed.fingerprint("hr")
    assert len(changed.fingerprint("it")) == 16
