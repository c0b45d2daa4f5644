"""Where leaving comes up is told every four weeks, once, in words, and only if the policy asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, select

from models.climate.detection.wave import WaveState
from models.climate.windows import Cadence
from services.alerts.delivery import endpoints
from services.alerts.delivery.signature import generate
from services.alerts.delivery.vault import Vault
from services.alerts.rules import catalogue, instances
from services.alerts.rules.evaluation import evaluate
from services.alerts.rules.rule import RESIGNATION_WAVE, Calibration, Rule, Wave
from services.alerts.rules.state import Phase
from services.alerts.tables.operations import DELIVERY
from tests.fakes.leaving import CLOSED, LEAVING, Leaving, block
from tests.models.climate.detection.signals import DEPARTMENTS, WEEKS, chance

CREATED = CLOSED - timedelta(days=1)
KNOWN = Calibration(
    on=date(2026, 11, 1), until=date(2026, 10, 26), seed=1, repetitions=99, accepted=1.0, rate=0.6,
    low=0.4, high=0.9,
)  # fmt: skip
CONDITION = Wave(raised=3.4, threshold=4.4, calibration=KNOWN)
RULE = RESIGNATION_WAVE.model_copy(update={"enabled": True, "condition": CONDITION})
START = 12
"""Number of the block in which the wave begins; a year of usual weeks lies before it."""
DEPARTMENT = "b2"


def waved(
    blocks: int, more: int = 12, units: tuple[str, ...] = (DEPARTMENT,), seed: int = 1
) -> dict[str, NDArray[np.int64]]:
    """Chance, and in some departments *more* people for so many blocks."""
    counts = chance(seed)
    for unit in units:
        counts[unit][4 * START : 4 * (START + blocks)] += more
    return counts


@dataclass
class Told:
    """What every webhook so far said, oldest first."""

    connection: Connection
    written: Leaving

    def play(self, first: int, count: int) -> list[int]:
        """Close blocks and let the rules see each; how much each told."""
        return [
            evaluate(self.connection, Cadence.FOUR_WEEKS, start, CLOSED)
            for start in self.written.close(first, count)
        ]

    def bodies(self) -> list[dict[str, Any]]:
        rows = select(DELIVERY.c.body).order_by(DELIVERY.c.sequence, DELIVERY.c.id)
        return [json.loads(row.body) for row in self.connection.execute(rows)]


def prepared(
    connection: Connection,
    folder: Path,
    counts: Mapping[str, NDArray[np.int64]],
    rule: Rule = RULE,
    **changed: Any,
) -> Told:
    endpoints.add(
        connection, "https://hr.example/hook", locale="en", mode="full", http=False,
        secret=generate(), vault=Vault.open(folder / "key"), now=CREATED,
    )  # fmt: skip
    catalogue.install(connection, [*catalogue.BUILT_IN, rule], CREATED)
    eligible = changed.pop("eligible", None)
    written = Leaving(connection, counts, **changed)
    written.plant(eligible)
    return Told(connection, written)


def test_a_wave_is_told_once_in_words_of_its_unit_alone(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(2))
        before, during = told.play(0, START), told.play(START, 2)
        (body,) = told.bodies()
        (open_alert,) = instances.open_instances(connection)

    assert (before, during) == ([0] * START, [1, 0])
    data, (alert,) = body["data"], body["data"]["alerts"]
    assert body["type"] == "alert.firing"
    assert data["group_labels"] == {"rule": "resignation_wave", "indicator": LEAVING}
    assert alert["labels"] == {"indicator": LEAVING, "level": "2", "unit": DEPARTMENT}
    assert alert["wave"] == "clearly_raised"
    assert {"value", "change", "unit_of_measure", "noise"} & set(alert) == set()
    assert alert["window"] == {
        "start": block(START).start.isoformat(), "end": block(START).end_exclusive.isoformat(),
    }  # fmt: skip
    assert alert["starts_at"] == block(START).start.isoformat()
    assert "leaving came up clearly more often than usual in The b2" in data["summary"]
    assert "about 0.6 such alerts" in data["summary"]
    assert (open_alert.state.phase, open_alert.wave) == (Phase.FIRING, WaveState.CLEARLY_RAISED)


def test_it_is_one_episode_for_eight_weeks_and_ends_without_naming_the_unit(
    engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(1))
        told.play(0, START + 1)
        after = told.play(START + 1, 4)
        fired, withdrawn = told.bodies()
        left = instances.open_instances(connection)

    assert fired["type"] == "alert.firing"
    assert withdrawn["type"] == "alert.withdrawn"
    assert sum(after) == 1
    assert withdrawn["data"]["alerts"][0]["labels"] == {"indicator": LEAVING}
    assert f"The {DEPARTMENT}" not in json.dumps(withdrawn)
    assert left == []


def test_it_ends_alike_whether_the_unit_is_as_usual_or_not_shown(
    engine: Engine, tmp_path: Path
) -> None:
    shown, hidden = waved(1), waved(1)
    hidden[DEPARTMENT][4 * (START + 1) :] = 0  # nobody: the share is withheld
    ends = []
    for counts in (shown, hidden):
        with engine.connect() as connection, connection.begin() as transaction:
            told = prepared(connection, tmp_path, counts)
            told.play(0, START + 5)
            _, end = told.bodies()
            ends.append((end["type"], end["data"]["summary"], *end["data"]["alerts"][0]["labels"]))
            transaction.rollback()

    assert ends[0] == ends[1]
    assert ends[0][0] == "alert.withdrawn"


@pytest.mark.parametrize("units", [(), DEPARTMENTS])
def test_chance_and_talk_of_the_whole_organisation_are_no_wave(
    engine: Engine, tmp_path: Path, units: tuple[str, ...]
) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(2, 6, tuple(units)))

        assert told.play(0, START + 3) == [0] * (START + 3)


def test_a_unit_of_fewer_than_fifty_people_is_never_named(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(2), eligible={DEPARTMENT: 49})
        told.play(0, START + 3)
        said = json.dumps(told.bodies())

    assert f'"{DEPARTMENT}"' not in said


def test_a_unit_whose_share_nobody_can_see_is_never_named(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(2), hidden=(DEPARTMENT,))
        told.play(0, START + 3)
        said = json.dumps(told.bodies())

    assert f'"{DEPARTMENT}"' not in said


def test_shares_alone_are_enough(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(2), valence=False)

        assert sum(told.play(0, START + 2)) == 1


def test_a_new_model_is_no_wave(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        told = prepared(
            connection, tmp_path, waved(2), models=dict.fromkeys(range(START, START + 2), "tuned-2")
        )

        assert told.play(0, START + 2) == [0] * (START + 2)


@pytest.mark.parametrize(
    "rule",
    [
        RESIGNATION_WAVE.model_copy(update={"enabled": True}),
        RULE.model_copy(update={"enabled": False}),
    ],
    ids=["not calibrated", "switched off"],
)
def test_a_rule_that_is_off_or_not_calibrated_says_nothing(
    engine: Engine, tmp_path: Path, rule: Rule
) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(2), rule)

        assert told.play(0, START + 2) == [0] * (START + 2)
        assert instances.open_instances(connection) == []


def test_seeing_four_weeks_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(1))
        told.play(0, START + 1)
        again = [
            evaluate(connection, Cadence.FOUR_WEEKS, block(number).start, CLOSED)
            for number in range(START + 1)
        ]

        assert again == [0] * (START + 1)
        assert len(told.bodies()) == 1


def test_the_policy_switches_the_rule_on_and_off_and_keeps_its_calibration(
    engine: Engine,
) -> None:
    with engine.begin() as connection:

        def state(*, on: bool) -> tuple[int, bool, bool] | None:
            catalogue.switch(connection, RESIGNATION_WAVE, CREATED, on=on)
            newest = catalogue.newest_of(connection, RESIGNATION_WAVE.uid)
            current = [one.rule.uid for one in catalogue.current(connection)]
            if newest is None:
                return None
            return newest.version, newest.enabled, RESIGNATION_WAVE.uid in current

        assert state(on=False) is None
        assert state(on=True) == state(on=True) == (1, True, True)
        calibrated = RULE.model_copy(update={"version": 2})
        catalogue.install(connection, [calibrated], CREATED)
        assert state(on=False) == state(on=False) == (3, False, False)
        assert state(on=True) == (4, True, True)
        newest = catalogue.newest_of(connection, RESIGNATION_WAVE.uid)

    assert newest is not None
    assert newest.condition == CONDITION


def test_an_alert_of_a_rule_that_was_switched_off_is_shown_no_more_and_withdrawn(
    engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        told = prepared(connection, tmp_path, waved(3))
        told.play(0, START + 1)
        before = len(instances.shown_instances(connection))
        catalogue.switch(connection, RESIGNATION_WAVE, CREATED, on=False)
        at_once = len(instances.shown_instances(connection))
        told.play(START + 1, 1)
        types = [body["type"] for body in told.bodies()]

    assert (before, at_once) == (1, 0)
    assert types == ["alert.firing", "alert.withdrawn"]


def test_the_fake_holds_as_many_weeks_as_the_tests_play() -> None:
    assert 4 * (START + 5) <= WEEKS
