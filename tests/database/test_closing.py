"""Windows close exactly once, with the right values, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from models.climate.disclosure.receipt import read
from models.climate.disclosure.release import published_cells
from models.climate.windows import Window, four_weeks_of, week_of
from models.language.labels import Language
from models.language.registry import weights_of
from services.alerts import database, gateways, indicators, ledger
from services.alerts.closing import Closer
from services.alerts.ledger import statistics
from services.alerts.missed import set_aside
from services.alerts.rules.released import look
from services.alerts.tables import pseudonymous, released
from services.alerts.tables.operations import ENDPOINT
from services.contracts.settled import SettledV1, Settlement
from tests.fakes.scores import (
    MONDAY,
    SPOOL,
    deletion,
    mac,
    policy,
    progress,
    score,
    units,
    withdrawal,
)
from tests.fakes.stage import ELIGIBLE, PARENTS, PEOPLE, Stage, organisation

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
FOUR = four_weeks_of(MONDAY)
FOUR_DUE = FOUR.ends + timedelta(hours=48)
OF_ZONE_D = (*released.FINAL, released.LATE)


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine)


def everything(stage: Stage) -> dict[str, list[tuple[object, ...]]]:
    """All of zone D, but for moments."""
    with database.reading(stage.engine).begin() as connection:
        return {
            table.name: sorted(
                (
                    tuple(row)
                    for row in connection.execute(
                        select(*(c for c in table.c if c.name not in {"published_at", "closed_at"}))
                    )
                ),
                key=repr,
            )
            for table in OF_ZONE_D
            if table is not released.LEDGER
        }


def test_a_week_is_published_with_the_values_worked_out_by_hand(stage: Stage) -> None:
    stage.send(organisation())

    closed = stage.reach(DUE)

    assert closed == [WEEK]
    # 20 people x 3 messages at 0.5, 6 x 3 at -0.5, 15 x 3 at 0.2.  The six of sales.b could be
    # had from sales minus sales.a, so sales.a is withheld too; nobody of the plant is exhausted,
    # so the share of sales could be had from that of the organisation.
    assert stage.values(WEEK) == {
        ("valence", "org"): (round((60 * 0.5 - 18 * 0.5 + 45 * 0.2) / 123, 2), "25-49"),
        ("valence", "sales"): (round((60 * 0.5 - 18 * 0.5) / 78, 2), "25-49"),
        ("valence", "plant"): (0.2, "15-24"),
        ("exhaustion", "org"): (round(6 / 41, 2), "25-49"),
    }


def test_the_detector_reads_exact_sums_of_published_units_alone(stage: Stage) -> None:
    stage.send(organisation())
    stage.reach(DUE)

    with database.reading(stage.engine).begin() as connection:
        sums = released.RELEASED_STATISTIC.c
        found = connection.execute(
            select(sums.unit, sums.weight, sums.weighted_micro, sums.contributors).order_by(
                sums.unit
            )
        )
        assert [tuple(row) for row in found] == [
            ("org", 123, 30_000_000, 41),
            ("plant", 45, 9_000_000, 15),
            ("sales", 78, 21_000_000, 26),
        ]


def test_what_is_kept_is_what_every_published_value_is_made_from(stage: Stage) -> None:
    stage.send(organisation())
    stage.reach(DUE)

    with database.reading(stage.engine).begin() as connection:
        kept = statistics.of_window(connection, WEEK)
    made = {(c.indicator, c.unit): (c.value, c.band) for s in kept.values()
            for c in published_cells(s, 10)}  # fmt: skip
    assert made == stage.values(WEEK)
    assert {unit: dict(s.shares) for unit, s in kept.items()} == {
        "org": {"exhaustion": 6}, "plant": {}, "sales": {},
    }  # fmt: skip
    # 26 people of weight 3: 20 at 0.5 and 6 at -0.5, so 26 x 3 x 0.25.
    assert kept["sales"].squares_micro == 19_500_000


def test_a_receipt_names_model_weights_and_readers(stage: Stage) -> None:
    known = "e5-tuned-2026.2"
    with database.writing(stage.engine) as connection:
        for name, verified, disabled in (("ep_on", DUE, None), ("ep_new", None, None),
                                         ("ep_off", DUE, DUE)):  # fmt: skip
            connection.execute(ENDPOINT.insert().values(
                id=name, url="https://hooks.example/", locale="en", mode="test", created_at=DUE,
                verified_at=verified, disabled_at=disabled,
            ))  # fmt: skip
    stage.send([sent.model_copy(update={"model": known}) for sent in organisation()])
    stage.reach(DUE)

    with database.reading(stage.engine).begin() as connection:
        found = read(connection.execute(select(released.RECEIPT.c.body)).scalar_one())
    assert found.models == (known,)
    assert found.weights == {known: weights_of(known)}
    assert "tuned-layers.safetensors" in found.weights[known]
    assert found.recipients == ("interface", "metrics", "page", "webhook:ep_on")
    assert (found.budget_spent, found.budget_left, found.k, found.withheld) == (None, None, 10, 1)


def test_shares_are_published_where_valence_is_not_listed(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=["exhaustion"]))
    stage.send(organisation())
    stage.reach(DUE)

    with database.reading(engine).begin() as connection:
        kept = statistics.of_window(connection, WEEK)
        seen = look(connection, WEEK.cadence, WEEK.start)
    assert stage.values(WEEK) == {("exhaustion", "org"): (round(6 / 41, 2), "25-49")}
    assert kept.keys() == {"org"}
    assert (kept["org"].weight, kept["org"].weighted_micro, kept["org"].squares_micro) == (0, 0, 0)
    assert seen is not None
    assert not seen.statistics  # no rule can read a valence from it


def test_nothing_closes_before_every_gateway_has_passed_the_end_and_lateness(stage: Stage) -> None:
    stage.send(organisation())

    assert stage.reach(DUE - timedelta(seconds=1)) == []
    assert stage.count(pseudonymous.OPEN_SCORE) == 0  # days fold on their own
    assert stage.reach(DUE) == [WEEK]


def test_a_second_gateway_that_owes_something_holds_the_window_back(stage: Stage) -> None:
    stage.send(organisation())
    behind = progress(DUE - timedelta(hours=1), DUE, spool_id="spool-2")
    with database.writing(stage.engine) as connection:
        gateways.progress(connection, behind)

    assert stage.reach(DUE) == []


def test_a_silent_gateway_is_left_out_and_the_window_says_so(stage: Stage) -> None:
    stage.send(organisation())
    silent = progress(WEEK.ends, DUE - timedelta(hours=2), spool_id="spool-2")
    with database.writing(stage.engine) as connection:
        gateways.progress(connection, silent)
    closed = stage.reach(DUE)

    with database.reading(stage.engine).begin() as connection:
        assert [w.gateways_left_out for w in indicators.windows(connection)] == [1]
    assert closed == [WEEK]


def test_an_older_word_of_a_gateway_changes_nothing(stage: Stage) -> None:
    with database.writing(stage.engine) as connection:
        gateways.progress(connection, progress(DUE, DUE))
        gateways.progress(connection, progress(WEEK.ends, DUE - timedelta(hours=1)))
        (known,) = gateways.known(connection)

    assert known.owes_nothing_until == DUE


def test_a_closed_window_closes_once_and_stays_as_it_is(stage: Stage) -> None:
    stage.send(organisation())
    stage.reach(DUE)
    before = everything(stage)

    stage.send(
        [score(-1, message=f"late {n}", person=f"late {n}", leaf="plant") for n in range(50)]
    )
    again = stage.reach(DUE + timedelta(hours=1))

    assert again == []
    changed = {name for name, rows in everything(stage).items() if rows != before[name]}
    assert changed == {"late"}


def test_the_order_of_arrival_changes_no_figure(stage: Stage) -> None:
    scores = organisation()
    stage.send(scores[::3] + scores[::-1] + scores[::2])
    stage.reach(DUE)

    assert stage.values(WEEK)["valence", "sales"] == (0.27, "25-49")
    assert stage.count(released.LATE) == 0


def test_a_deletion_alone_opens_no_week(stage: Stage) -> None:
    stage.send([*organisation(MONDAY + timedelta(weeks=1)), deletion(local_day=MONDAY)])

    assert stage.reach(DUE + timedelta(weeks=1)) == [week_of(MONDAY + timedelta(weeks=1))]


def test_only_people_who_can_count_count(stage: Stage) -> None:
    stage.send(organisation())
    padding = [
        score(1, message=f"bot {n} {day}", person=f"bot {n}", leaf="sales.b", countable=False,
              local_day=MONDAY + timedelta(days=day))
        for n in range(30) for day in range(3)
    ]  # fmt: skip
    stage.send(padding)
    stage.reach(DUE)

    assert stage.values(WEEK)["valence", "org"] == (0.24, "25-49")
    assert ("valence", "sales.b") not in stage.values(WEEK)


def test_somebody_who_moved_counts_once_where_they_wrote_first(stage: Stage) -> None:
    stage.send(organisation())
    moved = [
        score(0.2, message=f"moved {day}", person="moved", leaf=leaf,
              local_day=MONDAY + timedelta(days=day))
        for day, leaf in enumerate(["plant", "sales.a", "sales.a"])
    ]  # fmt: skip
    stage.send(moved)
    stage.reach(DUE)

    with database.reading(stage.engine).begin() as connection:
        sums = released.RELEASED_STATISTIC.c
        found = connection.execute(select(sums.unit, sums.contributors).order_by(sums.unit))
        assert dict(tuple(row) for row in found) == {"org": 42, "plant": 16, "sales": 26}


def test_four_weeks_close_after_their_weeks_and_leave_nobody_behind(stage: Stage) -> None:
    stage.send(organisation(weeks=4))

    closed = stage.reach(FOUR_DUE)

    assert [window.label for window in closed] == [
        "2024-W05", "2024-W06", "2024-W07", "2024-W08", "2024-W05/08",
    ]  # fmt: skip
    rows = {table.name: stage.count(table) for table in pseudonymous.METADATA.sorted_tables}
    assert {name for name, count in rows.items() if count} <= {"gateway", "closer"}


def test_a_small_unit_is_published_by_four_weeks_below_a_parent_that_is_by_the_week(
    stage: Stage,
) -> None:
    stage.send(organisation(weeks=4, people=PEOPLE | {"sales.b": 12}))
    stage.reach(FOUR_DUE)

    assert stage.values(FOUR) == {("valence", "sales.b"): (-0.5, "10-14")}
    assert ("valence", "sales.b") not in stage.values(WEEK)


def test_a_withdrawal_between_weeks_cannot_be_seen_by_subtraction(stage: Stage) -> None:
    people = PEOPLE | {"sales.b": 12}
    stage.send(organisation(people=people))
    stage.reach(DUE)
    published = stage.values(WEEK)
    stage.send(organisation(MONDAY + timedelta(weeks=1), 3, people))
    stage.send([withdrawal(person="sales.b 0 0")])
    closed = stage.reach(FOUR_DUE)

    assert FOUR in closed
    assert stage.values(WEEK) == published
    # Eleven of sales.b are enough; but sales less sales.a, week by week, is sales.b with the one
    # who left, and less these eleven that is the one.
    assert stage.values(FOUR) == {}


@pytest.mark.parametrize("k", [10, 16, 27, 42])
def test_no_published_unit_has_fewer_people_than_k(engine: Engine, k: int) -> None:
    stage = Stage(engine, policy(k=k))
    stage.send(organisation())
    stage.reach(DUE)
    people = {**PEOPLE, "sales": 26, "org": 41}

    shown = {unit for _, unit in stage.values(WEEK)}
    assert all(people[unit] >= k for unit in shown)
    assert ("org" in shown) is (k <= 41)


@contextmanager
def broken_at(engine: Engine, step: str) -> Iterator[None]:
    """Let every statement that mentions *step* fail, as if the process had died there."""

    def fail(*arguments: Any) -> None:
        if step in re.sub(r"(main|pseudonymous|released)\.", "", arguments[2]):
            raise RuntimeError

    event.listen(engine, "before_cursor_execute", fail)
    yield
    event.remove(engine, "before_cursor_execute", fail)


@pytest.mark.parametrize(
    ("step", "meanwhile"),
    [
        ("INTO published_cell", []),
        ("INTO window_summary", []),
        ("INTO ledger", []),
        ("FROM person_day WHERE", [WEEK]),  # what four weeks do last
    ],
)
def test_a_fault_at_any_step_publishes_nothing_and_the_next_try_all_of_it(
    stage: Stage, engine: Engine, step: str, meanwhile: list[Window]
) -> None:
    stage.send(organisation())
    stage.reach(WEEK.ends + timedelta(hours=47))  # everything has folded

    with broken_at(engine, step):
        assert stage.reach(FOUR_DUE) == meanwhile
        assert [stage.count(table) for table in (released.RECEIPT, released.LEDGER)] == [
            len(meanwhile),
            len(meanwhile),
        ]
        assert bool(stage.values(WEEK)) is bool(meanwhile)
        assert stage.count(pseudonymous.PERSON_DAY) == sum(PEOPLE.values()) * 3
    closed = stage.reach(FOUR_DUE + timedelta(minutes=1))

    assert meanwhile + closed == [WEEK, FOUR]
    assert stage.values(WEEK)["valence", "plant"] == (0.2, "15-24")
    assert stage.count(pseudonymous.PERSON_DAY) == 0
    with database.reading(engine).begin() as connection:
        assert ledger.verify(connection).holds


def test_without_a_unit_tree_nothing_is_published(engine: Engine) -> None:
    stage = Stage(engine)
    with database.writing(engine) as connection:
        connection.execute(released.UNIT.delete())
    stage.send(organisation())

    assert stage.reach(DUE) == []
    with database.writing(engine) as connection:
        gateways.units(connection, units(PARENTS, ELIGIBLE, "2023Q4"))
    assert stage.reach(DUE + timedelta(minutes=1)) == [WEEK]


def test_after_the_policy_has_expired_nothing_more_is_published(engine: Engine) -> None:
    stage = Stage(engine, policy(expires=MONDAY))
    stage.send(organisation())

    assert stage.reach(DUE) == []
    assert stage.count(pseudonymous.OPEN_SCORE) == 0


def test_what_the_policy_freezes_moves_no_published_value(engine: Engine) -> None:
    stage = Stage(engine, policy(frozen_languages=["fr"]))
    stage.send(organisation())
    stage.send(
        [
            score(-1, message=f"fr {n} {day}", person=f"fr {n}", leaf="plant",
                  language=Language.FR, local_day=MONDAY + timedelta(days=day))
            for n in range(20) for day in range(3)
        ]
    )  # fmt: skip
    stage.reach(DUE)

    assert stage.values(WEEK)["valence", "plant"] == (0.2, "15-24")


def test_of_two_closers_the_holder_of_the_lease_closes(stage: Stage, engine: Engine) -> None:
    other = Closer(engine, policy())
    stage.send(organisation())
    stage.reach(DUE - timedelta(seconds=5))  # folds, and so takes the lease

    assert stage.reach(DUE, other) == []
    assert stage.reach(DUE + timedelta(seconds=40), other) == [WEEK]  # it ran out meanwhile


def test_what_the_scorer_set_aside_is_shown_as_lost(stage: Stage) -> None:
    stage.send(organisation())
    with database.writing(stage.engine) as connection:
        gateways.progress(connection, progress(WEEK.ends - timedelta(days=3)))
        lost = SettledV1(spool_id=SPOOL, seqs=(3, 4), settlement=Settlement.EXPIRED)
        for _ in range(2):
            set_aside(connection, lost)
    stage.reach(DUE)

    with database.reading(stage.engine).begin() as connection:
        assert [w.lost for w in indicators.windows(connection)] == [2]


def test_a_tree_that_was_published_over_keeps_its_shape_for_the_quarter(stage: Stage) -> None:
    stage.send(organisation())
    stage.reach(DUE)
    other = units({"org": None, "moved": "org"}, {"org": 70, "moved": 30}, "2024Q1")
    with database.writing(stage.engine) as connection:
        taken = gateways.units(connection, other)

    with database.reading(stage.engine).begin() as connection:
        assert {unit.id for unit in indicators.units(connection)} == set(PARENTS)
    assert not taken


def test_no_pseudonym_and_no_digest_reaches_the_released_zone(stage: Stage) -> None:
    scores = organisation(weeks=4)
    stage.send(scores)
    stage.reach(FOUR_DUE)

    with database.reading(stage.engine).begin() as connection:
        shown = repr([
            tuple(row)
            for table in released.METADATA.sorted_tables
            for row in connection.execute(select(table))
        ])  # fmt: skip
    assert "valence" in shown
    assert not any(each.pid in shown or each.digest in shown for each in scores)
    assert mac("place") not in shown
