"""The counting gate against linear algebra: nothing it lets through can be subtracted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from models.climate.disclosure.counting_gate import Shown, exposed
from models.climate.disclosure.release import Release
from models.climate.windows import Cadence, Window
from tests.fakes.trees import (
    FOUR_WEEKS,
    ORDER,
    WEEKS,
    Organisation,
    Person,
    cells,
    crowd,
    random_organisation,
    tree,
)
from tests.models.climate.disclosure.row_space import exposed_groups
from tests.models.climate.disclosure.touched import fewest_touched

SEEDS = range(150)
K = 5


def units(released: Release) -> frozenset[str]:
    return frozenset(cell.unit for cell in released.published)


def released(organisation: Organisation) -> dict[Window, frozenset[str]]:
    weeks = {window: units(organisation.week(window)) for window in WEEKS}
    return {**weeks, FOUR_WEEKS: units(organisation.four_weeks())}


def above_threshold(organisation: Organisation) -> Iterator[tuple[Window, frozenset[str]]]:
    for window in (*WEEKS, FOUR_WEEKS):
        people = organisation.left() if window == FOUR_WEEKS else organisation.people
        found = cells(organisation.units, people, window)
        yield (
            window,
            frozenset(
                unit
                for unit, cell in found.items()
                if organisation.plan[unit] is window.cadence and cell.contributors >= K
            ),
        )


@pytest.mark.parametrize("withdrawals", [False, True])
def test_nothing_released_can_be_combined_to_fewer_than_k_people(*, withdrawals: bool) -> None:
    told: dict[int, int] = {}
    touched: dict[int, int] = {}
    for seed in SEEDS:
        organisation = random_organisation(seed, withdrawals=withdrawals)
        if found := exposed_groups(organisation, released(organisation), K):
            told[seed] = found
        if (people := fewest_touched(organisation, released(organisation), K)) < K:
            touched[seed] = people

    assert told == {}
    assert touched == {}


def test_a_threshold_alone_tells_such_groups() -> None:
    organisations = [random_organisation(seed) for seed in SEEDS]

    leaking = [o for o in organisations if exposed_groups(o, dict(above_threshold(o)), K)]

    assert len(leaking) > len(SEEDS) / 4


def some_units(seed: int) -> Shown | None:
    """A block whose four weeks would show any closed set of units above the threshold."""
    organisation = random_organisation(seed, withdrawals=seed % 2 == 1)
    rng = Random(seed)  # noqa: S311  a test, not a secret
    found = cells(organisation.units, organisation.left(), FOUR_WEEKS)
    finer = organisation.closed_weeks()
    shown = Shown(
        organisation.units, organisation.plan, FOUR_WEEKS, found, frozenset(), finer
    )  # fmt: skip
    for unit in organisation.units.top_down():
        parent = organisation.units.parent(unit)
        due = organisation.plan[unit] is Cadence.FOUR_WEEKS and found[unit].contributors >= K
        if due and (parent is None or shown.covers(parent)) and rng.random() < 0.8:
            shown = replace(shown, units=shown.units | {unit})
    return shown if shown.units else None


def test_whatever_it_lets_through_is_safe_and_it_refuses_little_else() -> None:
    verdicts = Counter[tuple[bool, bool]]()
    for seed in range(300):
        shown = some_units(seed)
        if shown is not None:
            organisation = random_organisation(seed, withdrawals=seed % 2 == 1)
            weeks = {closed.window: closed.released.keys() for closed in shown.finer}
            touched = fewest_touched(organisation, {**weeks, FOUR_WEEKS: shown.units}, K)
            verdicts[not exposed(shown, K), touched >= K] += 1

    assert verdicts[True, False] == 0
    assert verdicts[True, True] > 50
    assert verdicts[False, False] > 50
    assert verdicts[False, True] < 0.2 * verdicts[False, False]


def block(
    plan: dict[str, Cadence], people: list[Person], shape: dict[str, str | None]
) -> Organisation:
    return Organisation(tree(shape), plan, people)


STEADY = [window.start for window in WEEKS]
WEEK_ABOVE_FOUR = {"o": Cadence.WEEK, "a": Cadence.FOUR_WEEKS, "b": Cadence.FOUR_WEEKS}
PAIR = {"o": None, "a": "o", "b": "o"}


def test_weeks_in_which_a_unit_was_silent_are_not_taken_from_its_sum() -> None:
    # a writes in the first week alone: o in that week, less a, is the two of b.
    people = [
        *crowd("a", 8),
        *crowd("b", 2),
        *crowd("b", 8, days=STEADY[1:]),
    ]
    organisation = block(WEEK_ABOVE_FOUR, people, PAIR)

    assert units(organisation.week(WEEKS[0])) == {"o"}
    assert units(organisation.four_weeks()) == set()


def test_a_week_in_which_only_one_unit_wrote_is_taken_from_its_sum() -> None:
    # In the first week a alone writes: a, less o in that week, is the two who write on.
    people = [
        *crowd("a", 6),
        *crowd("a", 2, days=STEADY[1:]),
        *crowd("b", 8, days=STEADY[1:]),
    ]
    organisation = block(WEEK_ABOVE_FOUR, people, PAIR)

    assert units(organisation.four_weeks()) == set()


def test_a_week_in_which_only_one_unit_wrote_is_taken_even_where_others_are_hidden() -> None:
    # c is published in no week: o minus a and b in the others holds twelve of c besides.
    shape = PAIR | {"c": "o"}
    plan = WEEK_ABOVE_FOUR | {"c": Cadence.WEEK}
    people = [
        *crowd("a", 6),
        *crowd("a", 2, days=STEADY),
        *crowd("b", 8, days=STEADY[1:]),
        *(person for week in STEADY[1:] for person in crowd("c", 4, days=[week])),
    ]

    assert units(block(plan, people, shape).four_weeks()) == {"b"}


def test_a_unit_that_wrote_on_hides_the_few_who_are_left_of_a_week() -> None:
    # b is silent after the first week: o in that week, less b, is two of c among twelve of a.
    shape = {"o": None, **dict.fromkeys("abcd", "o")}
    plan = {"o": Cadence.WEEK, **dict.fromkeys("abcd", Cadence.FOUR_WEEKS)}
    people = [
        *crowd("a", 12, days=STEADY),
        *crowd("b", 8),
        *crowd("c", 2),
        *crowd("c", 1, days=STEADY[1:2]),
        *crowd("d", 3, days=STEADY[1:2]),
    ]

    assert units(block(plan, people, shape).four_weeks()) == {"a", "b"}


def test_people_who_wrote_in_different_weeks_all_count_over_the_four() -> None:
    shape = {"o": None, **dict.fromkeys("acd", "o")}
    plan = {"o": Cadence.WEEK, **dict.fromkeys("acd", Cadence.FOUR_WEEKS)}
    one_a_week = [crowd(leaf, 1, days=[week]) for leaf in "cd" for week in STEADY]
    people = [*crowd("a", 12, days=STEADY), *(person for each in one_a_week for person in each)]

    assert units(block(plan, people, shape).four_weeks()) == {"a"}


def test_a_unit_whose_parent_is_not_published_over_the_same_days_is_refused() -> None:
    everybody = crowd("a", 8, days=STEADY) + crowd("b", 8, days=STEADY)
    organisation = block(WEEK_ABOVE_FOUR, everybody, PAIR)
    found = cells(organisation.units, everybody, FOUR_WEEKS)
    shown = Shown(
        organisation.units, organisation.plan, FOUR_WEEKS, found, frozenset("ab"),
        organisation.closed_weeks(),
    )  # fmt: skip

    assert exposed(shown, K) == ()
    assert exposed(replace(shown, finer=()), K) == ("o",)


def test_a_finer_child_that_lacks_a_week_leaves_that_week_over() -> None:
    # o less c less the three published weeks of a is the fourth week of a, in which two write.
    shape = {"o": None, "a": "o", "c": "o"}
    plan = {"o": Cadence.WEEK, "a": Cadence.WEEK, "c": Cadence.FOUR_WEEKS}
    people = [
        *crowd("a", 8, days=STEADY[:3]),
        *crowd("a", 2, days=STEADY[3:]),
        *crowd("c", 8, days=STEADY),
    ]
    organisation = block(plan, people, shape)

    assert units(organisation.week(WEEKS[2])) == {"o", "a"}
    assert units(organisation.week(WEEKS[3])) == {"o"}
    assert units(organisation.four_weeks()) == set()


def test_who_withdrew_after_the_weeks_is_not_what_is_left_of_them() -> None:
    people = crowd("a", 12, days=STEADY) + crowd("b", 8, days=STEADY)
    stayed = block(WEEK_ABOVE_FOUR, people, PAIR)
    withdrew = replace(stayed, gone={0: len(ORDER) - 1})

    assert units(stayed.four_weeks()) == {"a", "b"}
    assert units(withdrew.four_weeks()) == {"a"}
