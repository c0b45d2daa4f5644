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
from sqlalchemy import Connection, Engine, delete, func, select

from models.climate.windows import Cadence
from services.alerts.delivery import endpoints
from services.alerts.delivery.signature import generate
from services.alerts.delivery.vault import Vault
from services.alerts.rules import catalogue, instances
from services.alerts.rules.evaluation import evaluate
from services.alerts.rules.released import look
from services.alerts.rules.rule import SUSTAINED_DROP, Rule
from services.alerts.rules.state import Phase, Transition
from services.alerts.tables.operations import (
    ALERT_STATE,
    DELIVERY,
    EVALUATION,
    NOTIFICATION,
    TRANSITION,
)
from services.alerts.tables.released import RELEASED_STATISTIC
from tests.fakes.published import CLOSED, DEPARTMENTS, Published, monday

PLANT = "south.plant"
USUAL: Mapping[str, float | None] = {}
YOUNG = [USUAL] * 14
"""As many weeks as it takes until a change of the next ones can be found."""
DROPPED: Mapping[str, float | None] = {PLANT: -0.1}
RISEN: Mapping[str, float | None] = {PLANT: 0.5}
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
    catalogue.install(connection, rules or catalogue.BUILT_IN, CREATED)
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
    counts = told.play(*YOUNG, *[DROPPED] * 6)

    assert counts == [0] * 16 + [1, 0, 0, 0]
    (body,) = told.bodies()
    (alert,) = body["data"]["alerts"]
    assert (body["type"], body["data"]["reason"]) == ("alert.firing", "first_notification")
    assert body["data"]["group_labels"] == {"rule": "sustained_drop", "indicator": "valence"}
    assert (alert["labels"]["unit"], alert["unit_name"]) == (PLANT, f"The {PLANT}")
    assert alert["labels"]["level"] == "2"
    assert alert["value"] == -0.1
    assert alert["starts_at"] == monday(17 - alert["change"]["weeks"]).isoformat()
    assert alert["window"] == {"start": monday(16).isoformat(), "end": monday(17).isoformat()}


def test_its_size_its_uncertainty_and_how_many_contributed_are_told(told: Told) -> None:
    told.play(*YOUNG, *[DROPPED] * 3)

    (body,) = told.bodies()
    change = body["data"]["alerts"][0]["change"]
    low, high = change["interval_90"]
    assert low < change["size"] < high < 0
    assert -0.3 <= change["size"] <= -0.2
    assert change["contributors"] == "25-49"
    assert body["data"]["false_alarms_a_year"] is None
    assert "not been calibrated" in body["data"]["summary"]


def test_a_rise_that_lasts_is_told_by_a_rule_of_its_own(told: Told) -> None:
    told.play(*YOUNG, *[RISEN] * 4)

    (body,) = told.bodies()
    assert body["data"]["group_labels"]["rule"] == "sustained_rise"
    assert body["data"]["alerts"][0]["change"]["size"] > 0.2
    assert "higher" in body["data"]["summary"]


def test_a_drop_of_the_whole_organisation_is_no_alert_of_any_unit(told: Told) -> None:
    fallen = dict.fromkeys(DEPARTMENTS, -0.3)

    before = told.play(*YOUNG)
    told.weeks.rest = -0.3

    assert before + told.play(*[fallen] * 4) == [0] * 18


def test_one_or_two_bad_weeks_are_no_alert(told: Told) -> None:
    counts = told.play(*YOUNG, DROPPED, *[USUAL] * 6, DROPPED, DROPPED, *[USUAL] * 4)

    assert counts == [0] * 27


def test_a_drop_that_stays_is_never_taken_for_what_is_usual(told: Told) -> None:
    told.play(*YOUNG, *[DROPPED] * 40)

    (open_alert,) = instances.open_instances(told.connection)
    assert open_alert.state.phase is Phase.FIRING
    assert told.types() == ["alert.firing"]


def test_a_recovery_is_told_and_a_later_drop_is_a_second_episode(told: Told) -> None:
    told.play(*YOUNG, *[DROPPED] * 5, *[USUAL] * 9, *[DROPPED] * 5)

    assert told.types() == ["alert.firing", "alert.resolved", "alert.firing"]
    assert [body["data"]["sequence"] for body in told.bodies()] == [1, 2, 3]
    second, first = instances.episodes(told.connection, 10)
    assert (first.outcome, first.fired) == (Transition.RESOLVED, monday(16))
    assert (second.outcome, second.fired > monday(28)) == (None, True)


def test_a_lineage_tells_nothing_new_for_eight_weeks_even_if_its_alert_is_over(
    engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        at_once = SUSTAINED_DROP.model_copy(update={"keep_windows": 0})
        install(connection, tmp_path, at_once)
        told = Told(connection)
        told.play(*YOUNG, *[DROPPED] * 3, *[USUAL] * 4, *[DROPPED] * 6)

        first, second = [body for body in told.bodies() if body["type"] == "alert.firing"]
    assert first["data"]["alerts"][0]["window"]["start"] == monday(16).isoformat()
    assert second["data"]["alerts"][0]["window"]["start"] == monday(24).isoformat()


def test_a_withheld_cell_holds_an_alert_and_is_not_spoken_of(told: Told) -> None:
    told.play(*YOUNG, *[DROPPED] * 3, *[WITHHELD] * 4)

    (held,) = instances.open_instances(told.connection)
    assert (held.state.phase, held.shown_start) == (Phase.FIRING, monday(16))
    assert held.change is None
    assert told.types() == ["alert.firing"]


def test_a_cell_withheld_for_too_long_withdraws_the_alert_without_naming_the_unit(
    told: Told,
) -> None:
    told.play(*YOUNG, *[DROPPED] * 3, *[WITHHELD] * 5)

    _, withdrawn = told.bodies()
    assert withdrawn["type"] == "alert.withdrawn"
    assert "plant" not in json.dumps(withdrawn)
    assert {"value", "change"} & set(withdrawn["data"]["alerts"][0]) == set()
    assert instances.open_instances(told.connection) == []


def test_a_unit_of_too_few_contributors_does_not_alert(told: Told) -> None:
    told.weeks.contributors = 19

    assert told.play(*YOUNG, *[DROPPED] * 4) == [0] * 18


def test_a_unit_whose_value_nobody_can_see_is_not_spoken_of(told: Told) -> None:
    told.weeks.hidden = (PLANT,)

    assert told.play(*YOUNG, *[DROPPED] * 4) == [0] * 18


def test_a_new_model_is_no_change_of_any_unit_and_nothing_is_judged_until_it_has_a_past(
    told: Told,
) -> None:
    before = told.play(*YOUNG)
    told.weeks.models = ("tuned-2",)
    reads_it_otherwise = told.play(*[DROPPED] * 14)
    risen = told.play(*[USUAL] * 4)

    assert before + reads_it_otherwise == [0] * 28
    assert risen == [0, 0, 1, 0]
    (body,) = told.bodies()
    assert body["data"]["group_labels"]["rule"] == "sustained_rise"


def test_a_new_model_withdraws_what_cannot_be_followed_any_more(told: Told) -> None:
    told.play(*YOUNG, *[DROPPED] * 3)
    told.weeks.models = ("tuned-1", "tuned-2")
    told.play(DROPPED)
    told.weeks.models = ("tuned-2",)
    told.play(*[DROPPED] * 5)

    assert told.types() == ["alert.firing", "alert.withdrawn"]


def test_weeks_of_a_model_that_comes_back_count_again(told: Told) -> None:
    told.play(*YOUNG)
    told.weeks.models = ("tuned-2",)
    told.play(USUAL)
    told.weeks.models = ("tuned-1",)

    assert 1 in told.play(*[DROPPED] * 4)


def test_units_of_which_shares_alone_were_released_are_no_weeks_of_valence(told: Told) -> None:
    told.play(*YOUNG)
    row = {
        "unit": "north", "cadence": "week", "window_start": monday(13), "weight": 0,
        "weighted_micro": 0, "contributors": 40, "n_eff": 0.0,
    }  # fmt: skip
    told.connection.execute(RELEASED_STATISTIC.insert().values(row))
    seen = look(told.connection, Cadence.WEEK, monday(13))

    assert seen is not None
    assert "north" not in {one.unit for one in seen.statistics}
    assert PLANT in {one.unit for one in seen.statistics}


def test_seeing_a_window_again_changes_nothing(told: Told) -> None:
    told.play(*YOUNG, *[DROPPED] * 3)
    before = everything(told.connection)

    again = [evaluate(told.connection, Cadence.WEEK, monday(week), CLOSED) for week in range(17)]

    assert again == [0] * 17
    assert everything(told.connection) == before


def test_a_replay_of_the_same_weeks_tells_the_same(told: Told) -> None:
    weeks = [*YOUNG, *[DROPPED] * 4, *[USUAL] * 8, *[RISEN] * 5]
    told.play(*weeks)
    first = history(told.connection)
    for table in (ALERT_STATE, TRANSITION, EVALUATION):
        told.connection.execute(delete(table))

    for week in range(len(weeks)):
        evaluate(told.connection, Cadence.WEEK, monday(week), CLOSED)

    assert len(first) >= 3
    assert history(told.connection) == first


def test_a_rule_says_nothing_of_windows_that_closed_before_it_was_made(told: Told) -> None:
    long_ago = CREATED - timedelta(seconds=1)
    for week in (*YOUNG, *[DROPPED] * 4):
        start = told.weeks.week(week, closed_at=long_ago)

        assert evaluate(told.connection, Cadence.WEEK, start, CLOSED) == 0


def test_a_changed_rule_withdraws_what_the_old_one_said_and_says_it_again(told: Told) -> None:
    told.play(*YOUNG, *[DROPPED] * 3)
    changed = SUSTAINED_DROP.model_copy(update={"version": 3})
    later = CLOSED + timedelta(seconds=1)
    catalogue.install(told.connection, [changed], later)

    at_once = evaluate(told.connection, Cadence.WEEK, monday(16), later)
    evaluate(told.connection, Cadence.WEEK, told.weeks.week(DROPPED, later), later)

    assert at_once == 0
    assert sorted(told.types()) == ["alert.firing", "alert.firing", "alert.withdrawn"]


def test_a_rule_that_is_switched_off_says_nothing(told: Told) -> None:
    off = SUSTAINED_DROP.model_copy(update={"version": 3, "enabled": False})
    catalogue.install(told.connection, [off], CREATED)

    assert told.play(*YOUNG, *[DROPPED] * 4) == [0] * 18


def test_units_that_change_together_are_one_webhook(told: Told) -> None:
    both: Mapping[str, float | None] = {PLANT: -0.3, "north.sales": -0.3}

    counts = told.play(*YOUNG, *[both] * 3)

    (body,) = told.bodies()
    assert counts[-1] == 2
    assert {alert["labels"]["unit"] for alert in body["data"]["alerts"]} == set(both)


def test_states_and_webhooks_are_written_together_or_not_at_all(
    engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        install(connection, tmp_path)
        told = Told(connection)
        told.play(*YOUNG, DROPPED, DROPPED)
        told.weeks.week(DROPPED)
    with pytest.raises(RuntimeError), crashing(engine) as connection:
        assert evaluate(connection, Cadence.WEEK, monday(16), CLOSED) == 1

    with engine.begin() as connection:
        found = everything(connection)
    assert found == dict.fromkeys(found, 0)


def history(connection: Connection) -> list[tuple[Any, ...]]:
    """What was told of which unit by which rule in which window."""
    rows = select(TRANSITION.c.window_start, TRANSITION.c.unit, TRANSITION.c.rule_uid,
                  TRANSITION.c.kind).order_by(TRANSITION.c.window_start)  # fmt: skip
    return [tuple(row) for row in connection.execute(rows)]


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
