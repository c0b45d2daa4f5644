"""Shares of answers by how soon they came leave nothing of a few people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.cell import WEEKLY_BOUND
from models.climate.disclosure.thresholds import ONE_AT_MOST, TWO_AT_MOST
from models.climate.networks.answer_time import AnsweredWithin, answered_within, of_answers

HOUR, DAY, LONGER = AnsweredWithin
Week = list[Mapping[AnsweredWithin, int]]


def week(hour: int = 0, day: int = 0, longer: int = 0, each: int = 3) -> Week:
    """So many people, each as soon as the others of theirs."""
    spans = ((HOUR, hour), (DAY, day), (LONGER, longer))
    return [{span: each} for span, n in spans for _ in range(n)]


def told(people: Week, k: int = 10) -> dict[str, Fraction]:
    return {one.indicator: one.share for one in of_answers(people, k)}


@pytest.mark.parametrize(
    ("minutes", "within"),
    [(-5, HOUR), (0, HOUR), (60, HOUR), (61, DAY), (1440, DAY), (1441, LONGER), (90_000, LONGER)],
)
def test_a_span_includes_its_end(minutes: int, within: AnsweredWithin) -> None:
    assert answered_within(timedelta(minutes=minutes)) is within


def test_both_shares_are_of_all_answers() -> None:
    assert told(week(20, 10, 10)) == {
        "answered_hour": Fraction(1, 2),
        "answered_day": Fraction(3, 4),
    }


def test_nobody_counts_for_more_than_twenty_answers_of_a_span() -> None:
    people = [{HOUR: 900}, *week(19, 0, 20, each=20)]

    assert told(people)["answered_hour"] == Fraction(1, 2)


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        (week(20, 0, 20), {"answered_hour", "answered_day"}),  # between them is nobody
        (week(20, 9, 20), {"answered_hour"}),  # between them are nine
        (week(9, 20, 20), {"answered_day"}),
        (week(20, 20, 9), {"answered_hour"}),
        (week(20, 9, 0), set()),
        (week(20), set()),
        (week(20, 10, 10, each=2), set()),
        ([], set()),
        ([*week(0, 20, 20), {HOUR: 20}, *({HOUR: 3} for _ in range(13))], {"answered_day"}),
    ],
)
def test_a_share_is_told_where_no_class_that_follows_from_it_is_a_few_people(
    people: Week, shown: set[str]
) -> None:
    assert told(people).keys() == shown


peoples = st.lists(
    st.dictionaries(st.sampled_from(AnsweredWithin), st.integers(1, 30), min_size=1), max_size=60
)


@given(peoples, st.integers(5, 12))
def test_whatever_follows_from_what_is_told_is_of_k_people_without_a_loud_one_or_of_nobody(
    people: Week, k: int
) -> None:
    shown = told(people, k)
    groups = []
    if "answered_hour" in shown:
        groups += [{HOUR}, {DAY, LONGER}]
    if "answered_day" in shown:
        groups += [{HOUR, DAY}, {LONGER}]
    if len(shown) > 1:
        groups += [{DAY}]
    for group in groups:
        counts = sorted(
            (sum(min(one.get(name, 0), WEEKLY_BOUND) for name in group) for one in people),
            reverse=True,
        )
        total = sum(counts)
        if group == {DAY} and total == 0:
            continue
        assert sum(n >= 3 for n in counts) >= k
        assert 100 * counts[0] <= ONE_AT_MOST * total
        assert 100 * sum(counts[:2]) <= TWO_AT_MOST * total
