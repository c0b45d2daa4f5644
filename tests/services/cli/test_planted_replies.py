"""A silo that is planted shows in the E-I index of the replies that its feed carries."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from statistics import median
from typing import Any

import numpy as np
import pytest

from models.climate.networks.matrix import REPLY_BOUND, ReplyMatrix, disclose
from models.climate.networks.silo import EIIndex, ei_index
from models.climate.unit_tree import Unit, UnitTree
from models.simulation.planting.found import Found
from services.cli.planted_world import Size, planted_world
from services.cli.played_feed import Feed, planted_feed
from services.cli.truth_file import read
from tests.fakes.labelled_line import activities

DIVISION = "halyard.flanders"
WEEKS = 2
SIZE = Size(600, WEEKS, 16_000, 5)
TRUTH = f"""
[replies]
share = 0.6
outside = 0.4
median_minutes = 30

[[silo]]
unit = "{DIVISION}"
first_week = 2
left = 0.0
"""


@pytest.fixture(scope="module", name="feed")
def _feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    path = tmp_path_factory.mktemp("replies") / "truth.toml"
    path.write_text(TRUTH, "utf-8")
    return planted_feed(planted_world(read(path), SIZE, date(2026, 11, 2)), Found())


@pytest.fixture(scope="module", name="said")
def _said(feed: Feed) -> list[dict[str, Any]]:
    """Every message of the feed, once."""
    posts = {a["object"]["id"]: a for verb, a in activities(feed) if verb == "Create"}
    return list(posts.values())


def division_of(unit: str) -> str:
    return ".".join(unit.split(".")[:2])


def tree_of(feed: Feed) -> UnitTree:
    homes = Counter(person["unit"] for person in feed.directory["people"])
    return UnitTree(
        Unit(
            unit["id"],
            unit["parent"],
            sum(n for home, n in homes.items() if f"{home}.".startswith(f"{unit['id']}.")),
        )
        for unit in feed.directory["units"]
    )


def matrix_of(feed: Feed, said: list[dict[str, Any]], week: int) -> ReplyMatrix:
    """The replies between divisions in one week, bounded by person."""
    home = {
        identity.removeprefix("as:"): division_of(person["unit"])
        for person in feed.directory["people"]
        for identity in person["identities"]
    }
    author = {one["object"]["id"]: one["actor"]["id"] for one in said}
    units = tuple(sorted(set(home.values())))
    sent: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    writing: dict[str, set[str]] = defaultdict(set)
    for one in said:
        day = datetime.fromisoformat(one["published"]).date()
        if (day - feed.first_day).days // 7 != week:
            continue
        who = one["actor"]["id"]
        writing[home[who]].add(who)
        if "inReplyTo" in one["object"]:
            sent[home[who], home[author[one["object"]["inReplyTo"]]]][who] += 1
    bounded = {pair: sum(min(n, REPLY_BOUND) for n in by.values()) for pair, by in sent.items()}
    return ReplyMatrix(
        units,
        np.array([[bounded.get((a, b), 0) for b in units] for a in units]),
        np.array([[len(sent[a, b]) for b in units] for a in units]),
        np.array([len(writing[unit]) for unit in units]),
    )


def index(feed: Feed, said: list[dict[str, Any]], week: int, unit: str) -> EIIndex:
    tree = tree_of(feed)
    found = ei_index(disclose(matrix_of(feed, said, week), tree, k=10), tree, unit)
    assert found is not None
    return found


def test_a_silo_answers_itself_alone_from_its_week_on(
    feed: Feed, said: list[dict[str, Any]]
) -> None:
    before, after = (matrix_of(feed, said, week) for week in range(WEEKS))
    row = before.units.index(DIVISION)

    assert before.replies[row].sum() > before.replies[row, row] + 20
    assert after.replies[row].sum() == after.replies[row, row] > 100


def test_what_may_be_known_of_the_silo_is_that_it_is_one(
    feed: Feed, said: list[dict[str, Any]]
) -> None:
    before, after = (index(feed, said, week, DIVISION) for week in range(WEEKS))

    assert before.observed > -0.95
    assert after.observed == -1


def test_the_others_collaborate_as_before(feed: Feed, said: list[dict[str, Any]]) -> None:
    shares = []
    for week in range(WEEKS):
        matrix = matrix_of(feed, said, week)
        row = matrix.units.index("halyard.wallonia")
        shares.append(1 - matrix.replies[row, row] / matrix.replies[row].sum())

    assert shares[1] == pytest.approx(shares[0], abs=0.04)
    assert min(shares) > 0.02


def test_answers_take_about_as_long_as_planted(said: list[dict[str, Any]]) -> None:
    posted = {
        one["object"]["id"]: datetime.fromisoformat(one["object"]["published"]) for one in said
    }
    minutes = [
        (posted[one["object"]["id"]] - posted[one["object"]["inReplyTo"]]).total_seconds() / 60
        for one in said
        if "inReplyTo" in one["object"]
    ]

    assert len(minutes) / len(said) == pytest.approx(0.6, abs=0.03)
    assert 15 < median(minutes) < 200
