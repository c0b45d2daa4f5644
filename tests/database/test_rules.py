"""Rules see each closed window once and tell of what may be told, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select

from models.climate.windows import Cadence
from services.alerts.delivery import endpoints
from services.alerts.delivery.signature import generate
from services.alerts.delivery.vault import Vault
from services.alerts.rules import catalogue, instances
from services.alerts.rules.evaluation import evaluate
from services.alerts.rules.rule import SUSTAINED_DROP, Rule
from services.alerts.rules.state import Phase, Transition
from services.alerts.tables.operations import ALERT_STATE, DELIVERY, NOTIFICATION, TRANSITION
from tests.fakes.published import CLOSED, DEPARTMENTS, Published, monday

PLANT = "south.plant"
USUAL: Mapping[str, float | None] = {}
DROPPED: Mapping[str, float | None] = {PLANT: -0.1}
WITHHELD: Mapping[str, float | None] = {PLANT: None}
CREATED = CLOSED - timedelta(days=1)


@dataclass
class Told:
    """What every webhook so far said, oldest first."""

    connection: Connection
    weeks: Published = field(init=False)

    def __post_init__(self) -> None:
        self.weeks = Published(self.connection)

    def play(self, *weeks: Mapping[str, float | None]) -> list[int]:
        """Close these weeks and let the rules see each; how much each told."""
        return [
            evaluate(self.connection, Cadence.WEEK, self.weeks.week(week), CLOSED) for week in weeks
        ]

    def bodies(self) -> list[dict[str, Any]]:
        rows = self.connection.execute(
            select(DELIVERY.c.body).order_by(DELIVERY.c.sequence, DELIVERY.c.id)
        )
        return [json.loads(row.body) for row in rows]

    def types(self) -> list[str]:
        return [body["type"] for body in self.bodies()]


def install(connection: Connection, tmp_path: Path, *rules: Rule) -> None:
    catalogue.install(connection, rules or (SUSTAINED_DROP,), CREATED)
    endpoints.add(
        connection,
        "https://hr.example/hook",
        locale="en",
        mode="full",
        http=False,
        secret=generate(),
        vault=Vault.open(tmp_path / "key"),
        now=CREATED,
    )


@pytest.fixture
def told(engine: Engine, tmp_path: Path) -> Iterator[Told]:
    with engine.begin() as connection:
        install(connection, tmp_path)
        yield Told(connection)


def test_a_drop_that_lasts_is_told_once_and_names_only_its_unit(told: Told) -> None:
    counts = told.play(*[USUAL] * 4, DROPPED, DROPPED, DROPPED, DROPPED)

    assert counts == [0, 0, 0, 0, 0, 1, 0, 0]
    (body,) = told.bodies()
    (alert,) = body["data"]["alerts"]
    assert (body["type"], body["data"]["reason"]) == ("alert.firing", "first_notification")
    assert (alert["labels"]["unit"], alert["unit_name"]) == (PLANT, f"The {PLANT}")
    assert (alert["value"], alert["threshold"]) == (-0.1, 0.1)
    assert alert["starts_at"] == monday(4).isoformat()
    assert alert["window"] == {"start": monday(5).isoformat(), "end": monday(6).isoformat()}


def test_a_drop_of_the_whole_organisation_is_no_alert_of_any_unit(told: Told) -> None:
    fallen = dict.fromkeys(DEPARTMENTS, -0.3)

    assert told.play(*[USUAL] * 4, fallen, fallen, fallen) == [0] * 7


def test_one_bad_week_is_no_alert(told: Told) -> None:
    assert told.play(*[USUAL] * 4, DROPPED, USUAL, DROPPED, USUAL) == [0] * 8


def test_a_drop_that_stays_is_never_taken_for_what_is_usual(told: Told) -> None:
    told.play(*[USUAL] * 4, *[DROPPED] * 14)

    (open_alert,) = instances.open_instances(told.connection)
    assert open_alert.state.phase is Phase.FIRING
    assert told.types() == ["alert.firing"]


def test_a_recovery_is_told_and_a_second_drop_is_a_second_episode(told: Told) -> None:
    told.play(*[USUAL] * 4, DROPPED, DROPPED, *[USUAL] * 5, DROPPED, DROPPED)

    assert told.types() == ["alert.firing", "alert.resolved", "alert.firing"]
    assert [body["data"]["sequence"] for body in told.bodies()] == [1, 2, 3]
    second, first = instances.episodes(told.connection, 10)
    assert (first.outcome, first.fired, first.ended) == (Transition.RESOLVED, monday(5), monday(6))
    assert (second.outcome, second.fired) == (None, monday(12))


def test_a_withheld_cell_holds_an_alert_and_is_not_spoken_of(told: Told) -> None:
    told.play(*[USUAL] * 4, DROPPED, DROPPED, *[WITHHELD] * 4)

    (held,) = instances.open_instances(told.connection)
    assert (held.state.phase, held.shown_start) == (Phase.FIRING, monday(5))
    assert told.types() == ["alert.firing"]


def test_a_cell_withheld_for_too_long_withdraws_the_alert_without_naming_the_unit(
    told: Told,
) -> None:
    told.play(*[USUAL] * 4, DROPPED, DROPPED, *[WITHHELD] * 5)

    _, withdrawn = told.bodies()
    assert withdrawn["type"] == "alert.withdrawn"
    assert "plant" not in json.dumps(withdrawn)
    assert "value" not in withdrawn["data"]["alerts"][0]
    assert instances.open_instances(told.connection) == []


def test_a_unit_of_too_few_contributors_does_not_alert(told: Told) -> None:
    told.weeks.contributors = 19

    assert told.play(*[USUAL] * 4, DROPPED, DROPPED, DROPPED) == [0] * 7


def test_a_rule_can_ask_for_more_contributors(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        asks = SUSTAINED_DROP.model_copy(update={"least_contributors": 41})
        install(connection, tmp_path, asks)

        assert Told(connection).play(*[USUAL] * 4, DROPPED, DROPPED, DROPPED) == [0] * 7


def test_a_unit_whose_value_nobody_can_see_is_not_spoken_of(told: Told) -> None:
    told.weeks.hidden = (PLANT,)

    assert told.play(*[USUAL] * 4, DROPPED, DROPPED, DROPPED) == [0] * 7


def test_seeing_a_window_again_changes_nothing(told: Told) -> None:
    told.play(*[USUAL] * 4, DROPPED, DROPPED)
    before = everything(told.connection)

    again = [evaluate(told.connection, Cadence.WEEK, monday(week), CLOSED) for week in range(7)]

    assert again == [0] * 7
    assert everything(told.connection) == before


def test_a_rule_says_nothing_of_windows_that_closed_before_it_was_made(told: Told) -> None:
    long_ago = CREATED - timedelta(seconds=1)
    for week in (*[USUAL] * 4, DROPPED, DROPPED):
        start = told.weeks.week(week, closed_at=long_ago)

        assert evaluate(told.connection, Cadence.WEEK, start, CLOSED) == 0


def test_a_changed_rule_withdraws_what_the_old_one_said(told: Told) -> None:
    told.play(*[USUAL] * 4, DROPPED, DROPPED)
    changed = SUSTAINED_DROP.model_copy(update={"version": 2})
    catalogue.install(told.connection, [changed], CLOSED)

    at_once = evaluate(told.connection, Cadence.WEEK, monday(5), CLOSED)
    told.play(USUAL)

    assert at_once == 0
    assert told.types() == ["alert.firing", "alert.withdrawn"]


def test_a_rule_that_is_switched_off_says_nothing(told: Told) -> None:
    off = SUSTAINED_DROP.model_copy(update={"version": 2, "enabled": False})
    catalogue.install(told.connection, [off], CREATED)

    assert told.play(*[USUAL] * 4, DROPPED, DROPPED) == [0] * 6


def test_units_that_change_together_are_one_webhook(told: Told) -> None:
    both: Mapping[str, float | None] = {PLANT: -0.3, "north.sales": -0.3}

    counts = told.play(*[USUAL] * 4, both, both)

    (body,) = told.bodies()
    assert counts[-1] == 2
    assert {alert["labels"]["unit"] for alert in body["data"]["alerts"]} == set(both)


def test_states_and_webhooks_are_written_together_or_not_at_all(
    engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        install(connection, tmp_path)
        told = Told(connection)
        told.play(*[USUAL] * 4, DROPPED)
        told.weeks.week(DROPPED)
    with pytest.raises(RuntimeError), crashing(engine) as connection:
        evaluate(connection, Cadence.WEEK, monday(5), CLOSED)

    with engine.begin() as connection:
        found = everything(connection)
    assert found[DELIVERY.name] == 0
    assert found[TRANSITION.name] == 0
    assert found[ALERT_STATE.name] == 1


@contextmanager
def crashing(engine: Engine) -> Iterator[Connection]:
    """A transaction whose process ends before the commit."""
    with engine.begin() as connection:
        yield connection
        raise RuntimeError


def everything(connection: Connection) -> dict[str, int]:
    """How many rows each table of what was told holds."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (ALERT_STATE, TRANSITION, NOTIFICATION, DELIVERY)
    }
