"""From scores to the published figures of replies, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import networkx as nx  # type: ignore[import-untyped]
import numpy as np
import pytest
from sqlalchemy import Engine

from models.climate.catalogue import NETWORK
from models.climate.disclosure.coarsening import coarse
from models.climate.networks.figures import figures
from models.climate.windows import week_of
from services.alerts import database, ledger
from services.alerts.organisation import tree_of
from services.alerts.replies import shown_of
from services.alerts.tables.pseudonymous import OPEN_SCORE, REPLY_DAY
from services.alerts.tables.released import RELEASED_REPLIES
from services.contracts.envelope import Kind
from services.contracts.scores import ScoreV1
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, deletion, policy, score, withdrawal
from tests.fakes.stage import Stage

WEEK = week_of(MONDAY)
DUE = WEEK.ends + timedelta(hours=48)
UNITS = [f"u{number}" for number in range(9)]
PARENTS = {"org": None, **dict.fromkeys(UNITS, "org")} | {f"{u}.t": u for u in UNITS}
PEOPLE = 30
ELIGIBLE = {"org": 9 * 30, **dict.fromkeys([*UNITS, *(f"{u}.t" for u in UNITS)], 30)}
LISTED = ["valence", *(one.id for one in NETWORK)]
NAMES = {one.id for one in NETWORK}
DRAWN = np.random.default_rng(11)
"""How often a person of one unit answers another: more inside, and never evenly."""
OPENNESS = DRAWN.uniform(0.6, 1.6, (9, 9)) + np.eye(9) * 4


def replies(seed: int = 3, people: dict[str, int] | None = None) -> list[ScoreV1]:
    """A week in which everybody answers as chance and the two units would have it."""
    draw = np.random.default_rng(seed)
    sizes = people or dict.fromkeys(UNITS, PEOPLE)
    return [
        reply(f"{sender}.t", f"{receiver}.t", person, f"{number}", day=number % 3)
        for (a, sender), (b, receiver) in product(enumerate(UNITS), enumerate(UNITS))
        for person in range(sizes[sender])
        for number in range(int(draw.poisson(OPENNESS[a, b])))
    ]


def reply(leaf: str, other: str, person: int, number: str, *, day: int = 0) -> ScoreV1:
    return score(
        0.1,
        kind=Kind.REPLY,
        message=f"{leaf} {person} {other} {number}",
        person=f"{leaf} {person}",
        leaf=leaf,
        other_leaf=other,
        local_day=MONDAY + timedelta(days=day),
    )


def bounded(scores: list[ScoreV1]) -> dict[tuple[str, str], int]:
    """The matrix by hand: replies of each person to each unit, at most 20."""
    each = Counter((s.pid, s.leaf[:2], (s.other_leaf or "")[:2]) for s in scores)
    found: Counter[tuple[str, str]] = Counter()
    for (_, unit, other), number in each.items():
        found[unit, other] += min(number, 20)
    return found


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)


@pytest.fixture
def closed(stage: Stage) -> Stage:
    stage.send(replies())
    stage.reach(DUE)
    return stage


def told(stage: Stage, start: date = MONDAY) -> dict[tuple[str, str], float]:
    values = stage.values(week_of(start))
    return {key: value for key, (value, _) in values.items() if key[0] in NAMES}


def test_figures_of_a_week_are_those_of_networkx_and_of_counting_by_hand(stage: Stage) -> None:
    scores = replies()
    stage.send(scores)
    assert stage.reach(DUE) == [WEEK]

    counts = bounded(scores)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in counts.items())
    chart = nx.community.modularity(graph, [{unit} for unit in UNITS])
    between = {pair: n for pair, n in counts.items() if pair[0] != pair[1]}
    returned = sum(min(n, counts[b, a]) for (a, b), n in between.items()) / sum(between.values())
    values = told(stage)
    assert values["modularity_low", "org"] == values["modularity_high", "org"] == round(chart, 2)
    assert values["reciprocity", "org"] == round(returned, 2)
    assert -1 < values["reciprocity_excess", "org"] < 1
    for unit in UNITS:
        inside = counts[unit, unit]
        outside = [counts[unit, other] for other in UNITS if other != unit]
        share = sum(outside) / (sum(outside) + inside)
        p = np.array(outside) / sum(outside)
        assert values["collaboration", unit] == pytest.approx(share, abs=0.0051)
        assert values["ei_index", unit] == pytest.approx(2 * share - 1, abs=0.0051)
        expected = (270 - 60 + 1) / 269
        assert values["ei_excess", unit] == pytest.approx(2 * share - 1 - expected, abs=0.0051)
        partners = float(np.exp(-(p * np.log(p)).sum()))
        assert values["effective_partners", unit] == pytest.approx(partners, abs=0.0051)


def test_what_is_kept_is_all_that_the_figures_are_made_from(stage: Stage) -> None:
    stage.send(replies())
    stage.reach(DUE)

    with database.reading(stage.engine).begin() as connection:
        shown = shown_of(connection, WEEK)
        _, tree = tree_of(connection, WEEK)
        again = {
            (one.indicator.id, one.unit): coarse(Fraction(one.value), one.contributors)
            for one in figures(shown, tree)
        }
        assert again == told(stage)
        assert ledger.verify(connection).holds
    counts = bounded(replies())
    assert {
        (a, b): int(shown.replies[row, column])
        for row, a in enumerate(shown.units)
        for column, b in enumerate(shown.units)
    } == counts


def test_nobody_counts_more_than_twenty_times_for_one_unit_and_week(stage: Stage) -> None:
    eager = [reply("u0.t", "u1.t", 0, f"more {number}", day=number % 5) for number in range(60)]
    stage.send([*replies(), *eager])
    stage.reach(DUE)

    before, after = bounded(replies()), bounded([*replies(), *eager])
    assert 0 < after["u0", "u1"] - before["u0", "u1"] <= 20
    with database.reading(stage.engine).begin() as connection:
        assert int(shown_of(connection, WEEK).replies[0, 1]) == after["u0", "u1"]


def test_who_answered_whose_unit_is_gone_once_the_week_has_closed(stage: Stage) -> None:
    stage.send(replies())
    stage.reach(WEEK.ends + timedelta(hours=47))
    assert stage.count(OPEN_SCORE) > 0 or stage.count(REPLY_DAY) > 0

    stage.reach(DUE)

    assert stage.count(REPLY_DAY) == 0
    assert stage.count(OPEN_SCORE) == 0
    assert stage.count(RELEASED_REPLIES) == len(UNITS)


def test_a_deletion_and_a_withdrawal_take_replies_back_and_a_late_one_counts_not(
    stage: Stage,
) -> None:
    scores = replies()
    gone = [s for s in scores if s.leaf == "u0.t"][:7]
    stage.send(scores)
    stage.send([deletion(leaf=s.leaf, local_day=s.local_day).model_copy(
        update={"digest": s.digest, "block": s.block}) for s in gone])  # fmt: skip
    stage.send([withdrawal(person="u1.t 3", leaf="u1.t")])
    stage.reach(DUE)
    stage.send([reply("u0.t", "u1.t", 1, "late")])

    left = [s for s in scores if s not in gone and s.pid != withdrawal(person="u1.t 3").pid]
    counts = bounded(left)
    with database.reading(stage.engine).begin() as connection:
        shown = shown_of(connection, WEEK)
    assert [int(n) for n in shown.replies[0]] == [counts["u0", unit] for unit in UNITS]
    assert [int(n) for n in shown.replies[1]] == [counts["u1", unit] for unit in UNITS]


def test_a_withdrawal_after_the_day_has_folded_takes_its_replies_back_too(stage: Stage) -> None:
    stage.send(replies())
    # The first days fold while the week is open.
    stage.reach(WEEK.ends - timedelta(days=1))
    folded = stage.count(REPLY_DAY)
    stage.send([withdrawal(person="u1.t 3", leaf="u1.t")])
    assert 0 < stage.count(REPLY_DAY) < folded
    stage.reach(DUE)

    left = [s for s in replies() if s.pid != withdrawal(person="u1.t 3").pid]
    with database.reading(stage.engine).begin() as connection:
        shown = shown_of(connection, WEEK)
    assert [int(n) for n in shown.replies[1]] == [bounded(left)["u1", unit] for unit in UNITS]


def test_a_policy_that_lists_no_figure_of_replies_keeps_none(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=["valence"]), PARENTS, ELIGIBLE)
    stage.send(replies())
    stage.reach(WEEK.ends - timedelta(days=1))

    assert stage.count(REPLY_DAY) == 0
    stage.reach(DUE)
    assert stage.count(RELEASED_REPLIES) == 0
    assert told(stage) == {}


def test_only_figures_that_the_policy_lists_are_published(engine: Engine) -> None:
    stage = Stage(engine, policy(indicators=["valence", "reciprocity"]), PARENTS, ELIGIBLE)
    stage.send(replies())
    stage.reach(DUE)

    assert told(stage).keys() == {("reciprocity", "org")}


def test_a_unit_of_which_nothing_else_is_told_has_no_figure_of_replies(stage: Stage) -> None:
    sizes = dict.fromkeys(UNITS, PEOPLE) | {"u4": 7}
    stage.send(replies(people=sizes))
    stage.reach(DUE)

    shown = {unit for name, unit in stage.values(WEEK) if name == "valence"}
    assert "u4" not in shown
    assert {unit for _, unit in told(stage)} <= shown
    with database.reading(stage.engine).begin() as connection:
        assert set(shown_of(connection, WEEK).units) <= shown - {"org", "u4"}


def test_a_policy_may_choose_a_deeper_level(engine: Engine) -> None:
    above: dict[str, str | None] = {"org": None, "d": "org", "e": "org", "e.alone": "e"}
    parents = above | dict.fromkeys(UNITS, "d") | {f"{unit}.t": unit for unit in UNITS}
    listed = policy(indicators=LISTED, reply_level=2)
    stage = Stage(engine, listed, parents, ELIGIBLE | {"d": 270, "e": 0, "e.alone": 0})
    stage.send(replies())
    stage.reach(DUE)

    assert {unit for _, unit in told(stage)} == {*UNITS, "org"}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE released_replies SET rest = 9 WHERE unit = 'u2'", "statistics"),
        ("UPDATE released_replies SET replies = '{}' WHERE unit = 'u2'", "statistics"),
        ("UPDATE released_replies SET band = '100+' WHERE unit = 'u2'", "statistics"),
        ("DELETE FROM released_replies", "statistics"),
        (
            "INSERT INTO released_replies VALUES ('u2', 'week', '2024-03-04', '25-49', 0, '{}')",
            "unlisted",
        ),
    ],
)
def test_released_replies_cannot_be_changed_unseen(
    closed: Stage, statement: str, fault: str
) -> None:
    without_guard(closed.engine, statement)

    with database.reading(closed.engine).begin() as connection:
        assert ledger.verify(connection).fault == fault


def test_the_database_refuses_to_change_released_replies(closed: Stage) -> None:
    with pytest.raises(Exception, match="final"), closed.engine.begin() as connection:
        connection.execute(RELEASED_REPLIES.delete())
