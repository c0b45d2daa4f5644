"""Shares of languages leave nothing of a few people, and follow from counting."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.catalogue import LANGUAGES
from models.climate.cell import WEEKLY_BOUND
from models.climate.coverage import OF_LANGUAGE, of_languages, unscored
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.thresholds import ONE_AT_MOST, TWO_AT_MOST
from models.language.labels import Language

EN, NL, FR = Language.EN, Language.NL, Language.FR
Week = list[Mapping[Language, int]]


def week(en: int = 0, nl: int = 0, fr: int = 0, each: int = 5) -> Week:
    """So many people, each of one language and as many messages."""
    return [{name: each} for name, n in ((EN, en), (NL, nl), (FR, fr)) for _ in range(n)]


def told(people: Week, k: int = 10) -> dict[str, Fraction]:
    return {one.indicator: one.share for one in of_languages(people, k)}


def test_the_indicators_are_those_of_the_catalogue() -> None:
    assert [OF_LANGUAGE[name] for name in Language] == [one.id for one in LANGUAGES]
    assert OF_LANGUAGE[NL] == "language_nl"


def test_each_language_of_enough_people_has_its_share() -> None:
    assert told(week(20, 10, 10)) == {
        "language_en": Fraction(1, 2),
        "language_nl": Fraction(1, 4),
        "language_fr": Fraction(1, 4),
    }


def test_nobody_counts_for_more_than_twenty_messages_of_a_language() -> None:
    people = [{EN: 500}, *week(19, 20, 0, each=20)]

    assert told(people) == {"language_en": Fraction(1, 2), "language_nl": Fraction(1, 2)}


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        (week(20, 19, 9), {"language_en"}),  # two would tell the third
        (week(20, 30, 9), {"language_nl"}),  # of two, the smaller one goes
        (week(20, 9, 1), {"language_en"}),  # together they are ten
        (week(20, 8, 1), set()),
        (week(20, 20), {"language_en", "language_nl"}),
        (week(20), set()),  # everybody
        (week(9, 9, 9), set()),
        ([], set()),
        (week(20, 20, 10, each=2), set()),  # two messages make nobody a contributor
    ],
)
def test_a_language_is_told_where_neither_it_nor_its_rest_is_a_few_people(
    people: Week, shown: set[str]
) -> None:
    assert told(people).keys() == shown


def test_a_language_of_one_loud_voice_is_not_told() -> None:
    loud = [{NL: 20}, *({NL: 3} for _ in range(13))]

    assert told([*week(20), *loud]).keys() == set()  # 20 of 59 is more than a quarter
    assert told([*week(20), *week(0, 10, 0)]).keys() == {"language_en", "language_nl"}


peoples = st.lists(
    st.dictionaries(st.sampled_from(list(Language)), st.integers(1, 30), min_size=1), max_size=60
)


@given(peoples, st.integers(5, 12))
def test_no_sum_of_told_shares_and_no_rest_is_of_a_few_people_or_of_one_voice(
    people: Week, k: int
) -> None:
    """Whatever is told, or is left of it, is about k people without a dominant one, or nobody."""
    shown = {name for name in Language if OF_LANGUAGE[name] in told(people, k)}
    single = [{name} for name in shown]
    rest = set(Language) - shown
    for group in [*single, rest] if shown else []:
        counts = sorted(
            (sum(min(one.get(name, 0), WEEKLY_BOUND) for name in group) for one in people),
            reverse=True,
        )
        total = sum(counts)
        if group is rest and total == 0:
            assert len(shown) > 1
            continue
        assert sum(n >= 3 for n in counts) >= k
        assert 100 * counts[0] <= ONE_AT_MOST * total
        assert 100 * sum(counts[:2]) <= TWO_AT_MOST * total


@given(peoples)
def test_shares_are_of_everything_and_never_exceed_it(people: Week) -> None:
    found = of_languages(people, 5)
    everything = sum(min(n, WEEKLY_BOUND) for one in people for n in one.values())

    assert all(one.whole == everything for one in found)
    for some in chain.from_iterable(combinations(found, n) for n in range(1, 4)):
        assert sum(one.share for one in some) <= 1


def test_what_could_not_be_scored_is_a_share_of_all_that_came() -> None:
    assert unscored(0, 10) == Ratio("unscored", 0, 10)
    assert unscored(30, 10) == Ratio("unscored", 30, 40)
    assert unscored(30, 0) is None
