"""A17: put the days of a large unit, its week, and the weeks below it together.

Who: anyone who keeps what the page showed.
What they try: a large unit is shown by the day, and its week is the sum of those days; units below
it are shown by the week; shares of people and participation are told of weeks alone.  So they
subtract: sums of days from weeks, weeks from each other, and the people of one share from those of
another.  Above all where a unit by the day is missing in the middle: too few wrote on each of its
days, or one person wrote most of it, while what lies above and below it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from random import Random
from typing import Final

import numpy as np

from models.climate.cell import Cell
from models.climate.disclosure.release import Release, release
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.disclosure.two_sided import LEAST, numerator
from models.climate.person_day import NO_SIGNALS, PersonDay
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence
from models.language.labels import Signal
from tests.attacks.figures import note
from tests.fakes.trees import MONDAY, WEEK, Organisation, Person, cells
from tests.models.climate.disclosure.row_space import exposed_groups, leaves_of

K: Final = 5
RUNS: Final = 200
SIGNAL: Final = next(iter(Signal)).value
DAY, BY_WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS
PARENTS: Final[Mapping[str, str | None]] = {
    "o": None, "d": "o", "b": "o", "c": "o", "a": "d", "x": "d", "a1": "a", "a2": "a",
}  # fmt: skip
LEAVES: Final = ("b", "c", "x", "a1", "a2")
PLAN: Final = {
    "o": DAY, "d": DAY, "a": DAY, "b": BY_WEEK, "a1": BY_WEEK, "c": FOUR, "x": FOUR, "a2": FOUR,
}  # fmt: skip
EXACT: Final = 1e-9
WORKDAYS: Final = [MONDAY + timedelta(days=day) for day in range(5)]
SATURDAY: Final = MONDAY + timedelta(days=5)
Told = Mapping[str, tuple[int, int]]
"""By unit, people in a share and people on its other side."""


def person(leaf: str, days: Sequence[date], messages: int = 1, *, inside: bool) -> Person:
    """Somebody who writes as much on each of *days*, and of whom the signal is *inside*."""
    signals = (messages if inside else 0, *NO_SIGNALS[1:])
    return Person(leaf, dict.fromkeys(days, PersonDay(messages, messages * 100_000, signals)))


def charted(people: Sequence[Person], more: Mapping[str, int]) -> UnitTree:
    """The tree, with so many *more* people of each leaf than write."""
    eligible = {
        unit: sum(
            more.get(leaf, 0) + sum(one.leaf == leaf for one in people)
            for leaf in PARENTS
            if leaf in _below(unit)
        )
        for unit in PARENTS
    }
    return UnitTree(Unit(unit, parent, eligible[unit]) for unit, parent in PARENTS.items())


def _below(unit: str) -> set[str]:
    children = [child for child, parent in PARENTS.items() if parent == unit]
    return {unit}.union(*map(_below, children)) if children else {unit}


def missing_in_the_middle() -> Organisation:
    """One of x writes most of d, few of d write on the same day; on Saturday nearly nobody does."""
    people = [person("a1", [WORKDAYS[n % 4]], 3, inside=n < 6) for n in range(12)]
    people += [person("x", WORKDAYS, 4, inside=True)]
    people += [person("c", WORKDAYS[:2], inside=False) for _ in range(12)]
    people += [person("b", WORKDAYS, inside=n < 15) for n in range(30)]
    people += [person("b", [MONDAY, SATURDAY], 3, inside=False) for _ in range(3)]
    return Organisation(charted(people, {"b": 20, "a1": 20, "x": 9}), PLAN, people)


def odd_week(seed: int) -> Organisation:
    """A random one of the same kind: crowds, loud single people, and people of one message."""
    rng = Random(seed)  # noqa: S311  a test, not a secret
    people: list[Person] = []
    for leaf in LEAVES:
        rate = rng.choice((0.2, 0.5, 0.5, 0.8))
        for count, messages, of_days in rng.sample(KINDS, rng.choice((0, 1, 1, 2))):
            for number in range(count):
                days = [*WORKDAYS, SATURDAY] if rng.random() < 0.05 else WORKDAYS
                written = [days[number % len(days)]] if of_days == 1 else rng.sample(days, of_days)
                people.append(person(leaf, written, messages, inside=rng.random() < rate))
    plan = dict(PLAN)
    for leaf in LEAVES:
        plan[leaf] = rng.choice((BY_WEEK, BY_WEEK, FOUR))
    more = {leaf: rng.choice((0, 5, 15)) for leaf in LEAVES}
    return Organisation(charted(people, more), plan, people)


KINDS: Final = ((30, 1, 5), (12, 3, 1), (1, 4, 5), (12, 1, 2), (6, 2, 3))
"""So many people write so many messages on so many days."""


def week(organisation: Organisation) -> Release:
    """Everything that is released of the week, its days before."""
    return release(
        tree=organisation.units,
        plan=organisation.plan,
        window=WEEK,
        cells=cells(organisation.units, organisation.people, WEEK),
        k=K,
        indicators=("valence", SIGNAL, "participation"),
        finer=organisation.finer(WEEK),
    )


def groups(organisation: Organisation, units: Sequence[str]) -> Iterator[frozenset[str]]:
    """Every group of leaves whose people follow from those of *units*: exact, and all of them."""
    leaves = organisation.units.leaves
    rows = [[leaf in leaves_of(organisation, unit) for leaf in leaves] for unit in units]
    known = np.array(rows, np.float64).reshape(-1, len(leaves))
    chosen = np.array([*product((0.0, 1.0), repeat=len(leaves))])[1:]
    left = chosen - chosen @ np.linalg.pinv(known) @ known if rows else chosen
    for group in chosen[np.abs(left).max(axis=1) < EXACT]:
        yield frozenset(leaf for leaf, inside in zip(leaves, group, strict=True) if inside)


def given_away(organisation: Organisation, told: Sequence[str], sides: Callable[[str], int]) -> int:
    """How many groups of some people have fewer than five on either side of what is *told*."""
    found = cells(organisation.units, organisation.people, WEEK)
    small = 0
    for group in groups(organisation, told):
        people = sum(found[leaf].contributors for leaf in group)
        inside = sum(sides(leaf) for leaf in group)
        small += people > 0 and not LEAST <= inside <= people - LEAST
    return small


def of_share(organisation: Organisation, statistics: Sequence[ReleasedStatistic]) -> int:
    """Groups of which the share tells who they are."""
    found: Mapping[str, Cell] = cells(organisation.units, organisation.people, WEEK)
    told = [one.unit for one in statistics if SIGNAL in one.shares]
    return given_away(organisation, told, lambda leaf: numerator(found[leaf], SIGNAL))


def of_participation(organisation: Organisation, told: Sequence[str]) -> int:
    """Groups of which all or hardly anybody took part, were the tenths exact."""
    found = cells(organisation.units, organisation.people, WEEK)
    small = 0
    for group in groups(organisation, told):
        people = sum(map(organisation.units.eligible, group))
        writes = sum(found[leaf].contributors for leaf in group)
        small += people > 0 and not LEAST <= writes <= people - LEAST
    return small


@cache
def released() -> Sequence[tuple[Organisation, Release]]:
    """What is released of many odd weeks, and of the one that was made for the attack."""
    every = [missing_in_the_middle(), *map(odd_week, range(RUNS))]
    return [(organisation, week(organisation)) for organisation in every]


def by_itself(organisation: Organisation, released_now: Release) -> list[ReleasedStatistic]:
    """Shares as they would be told if each unit asked only for itself."""
    found = cells(organisation.units, organisation.people, WEEK)
    return [
        replace(one, shares={SIGNAL: numerator(found[one.unit], SIGNAL)})
        for one in released_now.statistics
        if LEAST <= numerator(found[one.unit], SIGNAL) <= one.contributors - LEAST
    ]


WHAT: Final = "weeks in which a share of few can be subtracted, of 201"


def test_shares_that_ask_only_for_themselves_tell_of_the_unit_that_is_missing() -> None:
    weeks = sum(of_share(one, by_itself(one, found)) > 0 for one, found in released())
    note("A17", WHAT, without=str(weeks))

    assert weeks > RUNS / 20
    alone, found = released()[0]
    assert of_share(alone, by_itself(alone, found)) > 0


def test_no_share_of_few_can_be_subtracted_across_a_unit_that_is_missing() -> None:
    weeks = sum(of_share(one, found.statistics) > 0 for one, found in released())
    note("A17", WHAT, ours=str(weeks))

    assert weeks == 0


def test_participation_of_few_cannot_be_subtracted_either() -> None:
    told = [
        (one, [found.unit for found in released_now.statistics if found.tenth is not None])
        for one, released_now in released()
    ]

    assert sum(len(units) > 1 for _, units in told) > RUNS / 20
    assert [of_participation(one, units) for one, units in told if units and
            of_participation(one, units)] == []  # fmt: skip


def test_days_weeks_and_four_weeks_together_tell_of_no_group_of_few() -> None:
    """What a week of days adds to the published sums is a sum of them, to the last digit."""
    told = {}
    for number, (organisation, found) in enumerate(released()[:100]):
        for one in found.statistics:
            if organisation.plan[one.unit] is DAY and one.has_valence:
                days = [
                    day
                    for window in WEEK.split(DAY)
                    for day in organisation.release(window).statistics
                    if day.unit == one.unit
                ]
                assert one.weight == sum(day.weight for day in days)
                assert one.weighted_micro == sum(day.weighted_micro for day in days)
        if groups_told := exposed_groups(organisation, organisation.published(), K):
            told[number] = groups_told

    assert told == {}
