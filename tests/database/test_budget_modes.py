"""What a change of the policy does to a block that has begun: nothing laxer, and no new budget."""

from __future__ import annotations

from datetime import timedelta
from math import fsum

import pytest
from sqlalchemy import Engine, select

from models.climate.windows import block, four_weeks_of
from services.alerts import database
from services.alerts.tables import pseudonymous, released
from services.contracts.governance import Policy
from tests.database.test_budget import (
    FOUR_DUE,
    LATENESS,
    OFF,
    ON,
    STRICT,
    WEEKS,
    due,
    entries,
    played,
)
from tests.fakes.scores import MONDAY, policy
from tests.fakes.stage import organisation


def test_a_new_policy_with_the_same_mode_does_not_reset_the_budget(engine: Engine) -> None:
    stage = played(engine, ON)
    stage.reach(due(WEEKS[1]))
    stage.closer.policy = policy(k=11, differential_privacy="on")
    stage.reach(FOUR_DUE)

    weeks = entries(stage)[:4]
    assert fsum(entry["cost"] for entry in weeks) <= weeks[0]["budget"]
    assert weeks[3]["left"] < 0.001 * weeks[0]["budget"]


@pytest.mark.parametrize("laxer", [OFF, ON])
def test_a_laxer_policy_waits_for_the_next_block(engine: Engine, laxer: Policy) -> None:
    began = ON if laxer is OFF else STRICT
    stage = played(engine, began)
    stage.reach(due(WEEKS[0]))
    stage.closer.policy = laxer
    stage.reach(FOUR_DUE)

    assert {entry["mode"] for entry in entries(stage)} == {began.differential_privacy.value}
    assert len(entries(stage)) == 5
    with database.reading(engine).begin() as connection:
        margins = connection.execute(select(released.PUBLISHED_CELL.c.margin)).scalars().all()
    assert margins
    assert None not in margins
    following = MONDAY + timedelta(weeks=4)
    stage.send(organisation(following))
    stage.reach(four_weeks_of(following).ends + LATENESS)
    modes = {entry["mode"] for entry in entries(stage) if entry["block"] == block(following)}
    assert modes == ({"on"} if laxer is ON else set())


@pytest.mark.parametrize(("first", "then"), [(OFF, ON), (OFF, STRICT), (ON, STRICT)])
def test_under_a_stricter_policy_nothing_more_of_a_block_is_released(
    engine: Engine, first: Policy, then: Policy
) -> None:
    stage = played(engine, first)
    stage.reach(due(WEEKS[0]))
    before = stage.count(released.PUBLISHED_CELL)
    stage.closer.policy = then
    stage.reach(FOUR_DUE)

    assert stage.count(released.PUBLISHED_CELL) == before > 0
    assert stage.count(released.WINDOW_SUMMARY) == 5
    assert stage.count(pseudonymous.PERSON_DAY) == 0
