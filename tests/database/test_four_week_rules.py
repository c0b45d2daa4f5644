"""A unit that is published every four weeks is judged at those, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select

from models.climate.windows import BLOCK_DAYS, Cadence
from services.alerts.delivery import endpoints
from services.alerts.delivery.signature import generate
from services.alerts.delivery.vault import Vault
from services.alerts.rules import calibration, catalogue
from services.alerts.rules.evaluation import evaluate
from services.alerts.rules.released import look
from services.alerts.tables.operations import ALERT_STATE, DELIVERY
from tests.fakes.published import CLOSED, monday
from tests.fakes.published_blocks import ALIGNED, DROPPED, PLANT, USUAL, Blocks


def bodies(blocks: Blocks) -> list[dict[str, Any]]:
    """What every webhook so far said, oldest first."""
    order = select(DELIVERY.c.body).order_by(DELIVERY.c.sequence, DELIVERY.c.id)
    return [json.loads(row.body) for row in blocks.connection.execute(order)]


@pytest.fixture
def blocks(engine: Engine, tmp_path: Path) -> Iterator[Blocks]:
    with engine.begin() as connection:
        catalogue.install(connection, catalogue.BUILT_IN, CLOSED - timedelta(days=1))
        endpoints.add(
            connection,
            "https://hr.example/hook",
            locale="en",
            mode="full",
            http=False,
            secret=generate(),
            vault=Vault.open(tmp_path / "key"),
            now=CLOSED,
        )
        yield Blocks(connection)


def test_a_drop_is_told_with_the_block_that_shows_it_and_resolved_with_one_that_does_not(
    blocks: Blocks,
) -> None:
    counts = blocks.play(*[USUAL] * 9, DROPPED, DROPPED, USUAL)

    fired, resolved = bodies(blocks)
    (alert,) = fired["data"]["alerts"]
    assert counts == [0] * 9 + [1, 0, 1]
    assert fired["data"]["group_labels"]["rule"] == "four_week_drop"
    assert (alert["labels"]["unit"], alert["change"]["weeks"]) == (PLANT, 4)
    first = monday(ALIGNED + 36)
    assert alert["starts_at"] == first.isoformat()
    assert alert["window"]["end"] == (first + timedelta(days=BLOCK_DAYS)).isoformat()
    assert resolved["type"] == "alert.resolved"


def test_a_rise_has_a_rule_of_its_own(blocks: Blocks) -> None:
    blocks.play(*[USUAL] * 9, 0.5)

    (fired,) = bodies(blocks)
    assert fired["data"]["group_labels"]["rule"] == "four_week_rise"


def test_what_units_are_compared_with_is_the_organisation_over_the_same_four_weeks(
    blocks: Blocks,
) -> None:
    blocks.play(USUAL, USUAL)
    start = monday(ALIGNED + 4)

    seen = look(blocks.connection, Cadence.FOUR_WEEKS, start)

    assert seen is not None
    whole = [one for one in seen.statistics if one.unit == "org"]
    weekly = look(blocks.connection, Cadence.WEEK, monday(ALIGNED + 7))
    assert weekly is not None
    weeks = [one for one in weekly.statistics if one.unit == "org"][-4:]
    assert [one.window.start for one in whole] == [monday(ALIGNED), start]
    assert whole[-1].weighted_micro == sum(one.weighted_micro for one in weeks)


def test_a_year_of_blocks_gets_a_threshold_of_its_own(blocks: Blocks) -> None:
    blocks.play(*[USUAL] * 16)

    fitted = calibration.past(blocks.connection, Cadence.FOUR_WEEKS)

    assert fitted.panel.pace.cadence is Cadence.FOUR_WEEKS
    assert fitted.judged == 4 * (16 - 3)
    with pytest.raises(calibration.TooFewWeeks):
        calibration.past(blocks.connection, Cadence.WEEK)


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_told_by_the_week_is_not_told_again_by_four_weeks(
    engine: Engine, *, ended: bool
) -> None:
    with engine.begin() as connection:
        catalogue.install(connection, catalogue.BUILT_IN, CLOSED - timedelta(days=1))
        blocks = Blocks(connection, weekly={})
        blocks.play(*[USUAL] * 9)
        blocks.weekly = {PLANT: DROPPED}

        start = blocks.close(DROPPED)
        weekly = [
            evaluate(connection, Cadence.WEEK, start + timedelta(weeks=week), CLOSED)
            for week in range(4)
        ]
        if ended:
            connection.execute(delete(ALERT_STATE))
        again = evaluate(connection, Cadence.FOUR_WEEKS, start, CLOSED)

    assert sum(weekly) == 1
    assert again == 0
