"""A block spends its budget once, whoever closes it and under whatever policy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import fsum
from typing import Any, Final

import pytest
from sqlalchemy import Engine, select

from models.climate.disclosure.noise import BoundedSums
from models.climate.windows import Cadence, Window, block, four_weeks_of, week_of
from services.alerts import database, gateways, ledger
from services.alerts.closing import LEASE, Closer
from services.alerts.mechanism import rho_of
from services.alerts.organisation import people, tree_of
from services.alerts.tables import pseudonymous, released
from services.contracts.governance import Policy
from tests.database.test_closing import broken_at
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, policy, progress
from tests.fakes.stage import ELIGIBLE, PARENTS, PEOPLE, Stage, organisation

FOUR = four_weeks_of(MONDAY)
WEEKS = FOUR.split(Cadence.WEEK)
LATENESS = timedelta(hours=48)
FOUR_DUE = FOUR.ends + LATENESS
LARGE: Final = {"org": 400, "sales": 200, "sales.a": 60, "sales.b": 12, "plant": 160}
"""Sales and the plant are large enough for weeks: what counts is the directory."""
OFF, ON, STRICT = (policy(differential_privacy=mode) for mode in ("off", "on", "strict"))


def played(engine: Engine, rules: Policy, eligible: Mapping[str, int] = LARGE) -> Stage:
    stage = Stage(engine, rules, PARENTS, eligible)
    stage.send(organisation(weeks=4, people=PEOPLE | {"sales.b": 12}))
    return stage


def due(week: Window) -> Any:
    return week.ends + LATENESS


def entries(stage: Stage) -> list[dict[str, Any]]:
    with database.reading(stage.engine).begin() as connection:
        found = select(released.LEDGER.c.body).where(released.LEDGER.c.kind == "budget")
        bodies = connection.execute(found.order_by(released.LEDGER.c.seq)).scalars()
        return [json.loads(body) for body in bodies]


def units(stage: Stage, window: Window) -> set[str]:
    return {unit for _, unit in stage.values(window)}


def spent_before(stage: Stage, share: float) -> None:
    """Let somebody have spent *share* of the weekly budget of the block already."""
    budget = rho_of(2.0, 1e-6)
    body = {"block": block(MONDAY), "cadence": "week", "start": "earlier", "mode": "on",
            "cost": share * budget}  # fmt: skip
    with database.writing(stage.engine) as connection:
        ledger.append(connection, "budget", body, stage.now)


def test_a_whole_block_fits_its_budget_and_spends_nearly_all_of_it(engine: Engine) -> None:
    stage = played(engine, ON)

    closed = stage.reach(FOUR_DUE)

    assert closed == [*WEEKS, FOUR]
    assert [units(stage, week) for week in WEEKS] == [{"org", "sales", "plant"}] * 4
    # No child of sales has 150 people, so both wait for the four weeks.
    assert units(stage, FOUR) == {"sales.a", "sales.b"}
    *weeks, four = entries(stage)
    assert {entry["refused"] for entry in (*weeks, four)} == {False}
    # Two units by the week on the longest way down and one by the four weeks: epsilon 2 and 1.
    assert weeks[0]["budget"] == rho_of(2.0, 1e-6)
    assert (four["budget"], four["delta"], four["epsilon"]) == (1.0, 0.0, 3.0)
    for budget, costs in (
        (weeks[0]["budget"], [entry["cost"] for entry in weeks]),
        (four["budget"], [four["cost"]]),
    ):
        assert 0.999 * budget < fsum(costs) <= budget
    assert [entry["left"] for entry in weeks] == sorted(
        (entry["left"] for entry in weeks), reverse=True
    )
    assert 0 <= weeks[-1]["left"] < 0.001 * weeks[-1]["budget"]
    with database.reading(engine).begin() as connection:
        assert ledger.verify(connection).holds


def test_an_organisation_of_small_units_spends_all_by_four_weeks(engine: Engine) -> None:
    stage = played(engine, ON, ELIGIBLE)
    stage.reach(FOUR_DUE)

    assert [units(stage, week) for week in WEEKS] == [set()] * 4
    assert units(stage, FOUR) == {"org", "sales", "sales.a", "sales.b", "plant"}
    assert [entry["cost"] for entry in entries(stage)] == pytest.approx([0, 0, 0, 0, 3], rel=1e-3)


def test_the_strict_mode_releases_large_units_by_four_weeks_alone(engine: Engine) -> None:
    stage = played(engine, STRICT)
    stage.reach(FOUR_DUE)

    assert [units(stage, week) for week in WEEKS] == [set()] * 4
    assert units(stage, FOUR) == {"org", "sales", "plant"}
    assert entries(stage)[-1]["cost"] == pytest.approx(1.0, rel=1e-3)


def test_noise_comes_with_its_size_and_without_shares_or_numbers_of_people(engine: Engine) -> None:
    stage = played(engine, ON)
    stage.reach(due(WEEKS[0]))

    with database.reading(engine).begin() as connection:
        cell, sums = released.PUBLISHED_CELL.c, released.RELEASED_STATISTIC.c
        cells = connection.execute(select(cell.indicator, cell.band, cell.margin)).all()
        exact = connection.execute(select(sums.weight, sums.weighted_micro)).all()
    assert {(row.indicator, row.band) for row in cells} == {("valence", "10+")}
    assert all(row.margin > 0 for row in cells)
    # 47 people x 3 messages, and so on: the sums without noise are in no released row.
    assert not {141, 96, 45} & {row.weight for row in exact}


def test_the_gate_still_withholds_what_it_withheld_without_noise(engine: Engine) -> None:
    stage = Stage(engine, ON)
    stage.send(organisation(weeks=4))  # six people of sales.b
    stage.reach(FOUR_DUE)

    assert units(stage, FOUR) == {"org", "sales", "plant"}


@pytest.mark.parametrize(("share", "published"), [(0.0, 4), (0.26, 2), (0.51, 1), (1.0, 0)])
def test_the_first_release_over_budget_is_refused_and_nothing_of_it_is_published(
    engine: Engine, share: float, published: int
) -> None:
    stage = played(engine, ON)
    spent_before(stage, share)

    closed = stage.reach(FOUR_DUE)

    assert closed == [*WEEKS, FOUR]  # so that nobody's days stay for ever
    assert stage.count(pseudonymous.PERSON_DAY) == 0
    shown = [bool(units(stage, week)) for week in WEEKS]
    assert shown == [True] * published + [False] * (4 - published)
    _, *weeks, _ = entries(stage)
    assert [entry["refused"] for entry in weeks] == [not each for each in shown]
    assert [entry["cost"] > 0 for entry in weeks] == shown
    with database.reading(engine).begin() as connection:
        sums = released.RELEASED_STATISTIC.c
        starts = select(sums.window_start).where(sums.cadence == "week").distinct()
        assert len(connection.execute(starts).all()) == published
        assert ledger.verify(connection).holds


def test_a_restart_and_another_process_go_on_with_what_is_left(engine: Engine) -> None:
    stage = played(engine, ON)
    for week in WEEKS:
        other = Closer(engine, ON)
        stage.now += 2 * LEASE
        assert stage.reach(due(week) + LEASE, other)[0] == week

    left = [entry["left"] / entry["budget"] for entry in entries(stage)[:4]]
    assert left == pytest.approx([0.75, 0.5, 0.25, 0.0], abs=1e-3)


@pytest.mark.parametrize("step", ["INTO published_cell", "INTO window_summary", "INTO ledger"])
def test_what_was_not_published_was_not_spent(engine: Engine, step: str) -> None:
    stage = played(engine, ON)
    with broken_at(engine, step):
        assert stage.reach(due(WEEKS[0])) == []
        assert entries(stage) == []
    closed = stage.reach(due(WEEKS[0]) + timedelta(minutes=1))

    assert closed == [WEEKS[0]]
    (entry,) = entries(stage)
    assert entry["left"] == pytest.approx(0.75 * entry["budget"], rel=1e-3)


def test_where_no_unit_is_large_enough_blocks_close_empty(engine: Engine) -> None:
    stage = played(engine, STRICT, ELIGIBLE)

    assert stage.reach(FOUR_DUE) == [*WEEKS, FOUR]
    assert stage.count(released.PUBLISHED_CELL) == 0
    assert {(entry["budget"], entry["cost"], entry["refused"]) for entry in entries(stage)} == {
        (0.0, 0.0, False)
    }


def test_of_two_closers_at_once_one_spends(engine: Engine) -> None:
    stage = played(engine, ON)
    stage.reach(due(WEEKS[0]) - timedelta(seconds=1))  # folds
    later = due(WEEKS[0]) + LEASE
    with database.writing(engine) as connection:
        gateways.progress(connection, progress(later, later))

    closers = [Closer(engine, ON) for _ in range(4)]
    with ThreadPoolExecutor(len(closers)) as pool:
        closed = [w for found in pool.map(lambda c: c.close_due(later), closers) for w in found]

    assert closed == [WEEKS[0]]
    assert len(entries(stage)) == 1


def test_noise_is_added_to_sums_of_people_bounded_one_by_one(engine: Engine) -> None:
    stage = played(engine, ON)
    stage.reach(due(WEEKS[0]) - timedelta(seconds=1))  # folds
    with database.reading(engine).begin() as connection:
        _, tree = tree_of(connection, WEEKS[0])
        found = people(connection, WEEKS[0], tree).bounded_sums(WEEKS[0], 100_000)

    # Three messages each: 0.5 and -0.5 are 0.3 from 0.1 at most, and 0.2 is 0.1 from it.
    leaves = {
        "sales.a": BoundedSums(60, 60 * 300),
        "sales.b": BoundedSums(36, 36 * -300),
        "plant": BoundedSums(45, 45 * 100),
    }
    sales = leaves["sales.a"] + leaves["sales.b"]
    assert found == leaves | {"sales": sales, "org": sales + leaves["plant"]}


def test_a_size_of_noise_that_was_changed_later_is_found(engine: Engine) -> None:
    stage = played(engine, ON)
    stage.reach(due(WEEKS[0]))
    without_guard(engine, "UPDATE published_cell SET margin = 0.01 WHERE unit = 'org'")

    with database.reading(engine).begin() as connection:
        assert ledger.verify(connection).fault == "cells"


def test_values_are_centred_on_what_was_published_last_of_the_whole(engine: Engine) -> None:
    stage = played(engine, OFF, {unit: 20 * count for unit, count in LARGE.items()})
    stage.reach(FOUR_DUE)
    last = stage.values(WEEKS[-1])["valence", "org"][0]
    stage.closer.policy = ON
    following = FOUR.end_exclusive
    stage.send(organisation(following))
    week = week_of(following)
    stage.reach(due(week))

    # Of so few people in so large a directory nothing is left but the centre.
    assert last == 0.15
    assert stage.values(week)["valence", "org"][0] == pytest.approx(last, abs=0.03)


def test_while_the_mode_is_off_opendp_is_not_imported(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("once is enough")
    script = (
        "import sys\n"
        "from services.alerts import database\n"
        "from tests.database.test_closing import DUE, WEEK\n"
        "from tests.fakes.stage import Stage, organisation\n"
        "stage = Stage(database.open_engine(sys.argv[1]))\n"
        "stage.send(organisation())\n"
        "assert stage.reach(DUE) == [WEEK] and stage.values(WEEK)\n"
        "assert 'opendp' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(engine.url.database)], check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
