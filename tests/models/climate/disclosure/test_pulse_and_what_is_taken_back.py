"""The pulse against linear algebra, where people withdraw and messages go at any time of a day."""

from __future__ import annotations

from collections.abc import Sequence
from os import environ

import pytest

from models.climate.disclosure import pulse as module
from models.climate.disclosure.pulse import Overlap
from models.climate.person_day import PersonDay
from models.climate.windows import Cadence
from tests.fakes.pulsed_block import CLOSING, HOURS, Message, Moment, PulsedBlock, pulsed_block
from tests.fakes.trees import MONDAY, ORDER, Organisation, Person, tree
from tests.models.climate.disclosure.played_block import LEAST, Played

BLOCKS = int(environ.get("BLOCKS", "120"))
TELLING = (1065, 1113, 1119, 170, 52, 71, 88, 98)
"""Seeds of which too much would be told, if windows did not ask who is still there."""


NINE, CLOSED = (0, HOURS.index(9)), (1, CLOSING)
"""When the second hour of the first day has been decided, and when that day has closed."""


def every(overlaps: Sequence[Overlap]) -> Sequence[Overlap]:
    return overlaps


def none(_: Sequence[Overlap]) -> Sequence[Overlap]:
    return ()


def of_a_and_b(overlaps: Sequence[Overlap]) -> Sequence[Overlap]:
    """As if all were still there who were in the hour."""
    return [Overlap({"a": 99, "b": 99}, overlap.outside) for overlap in overlaps]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST", LEAST)


def test_whatever_is_taken_back_and_when_no_group_below_k_is_told() -> None:
    leaks, hours, units = [], 0, 0
    for seed in range(BLOCKS):
        played = Played(pulsed_block(seed, gone=True), every)
        hours += len(played.hours)
        units += sum(map(len, played.published().values()))
        if played.exposed():
            leaks.append(seed)

    assert leaks == []
    assert hours > BLOCKS
    assert units > BLOCKS


@pytest.mark.parametrize("seed", TELLING)
def test_windows_that_do_not_ask_who_is_still_there_tell_of_fewer(seed: int) -> None:
    block = pulsed_block(seed, gone=True)

    assert Played(block, none).exposed() > 0
    assert Played(block, every).exposed() == 0


@pytest.mark.parametrize("seed", range(12))
def test_where_nothing_is_taken_back_no_window_is_withheld(seed: int) -> None:
    block = pulsed_block(seed, gone=False)

    assert Played(block, every).published() == Played(block, none).published()


def small(plan: str, *groups: tuple[str, int, int, Moment | None]) -> PulsedBlock:
    """One day of two units; of each group the leaf, how many people, their hour, and their end.

    Args:
        plan: First letters of the cadences of the whole and of its two units.
        groups: The end of a group is when all of it withdraws.
    """
    cadences = {"d": Cadence.DAY, "w": Cadence.WEEK}
    homes = [(leaf, hour, gone) for leaf, count, hour, gone in groups for _ in range(count)]
    organisation = Organisation(
        tree({"o": None, "a": "o", "b": "o"}),
        dict(zip("oab", map(cadences.__getitem__, plan), strict=True)),
        [Person(leaf, {MONDAY: PersonDay(3, 300_000)}) for leaf, _, _ in homes],
    )
    messages = [
        Message(author, MONDAY, f"{author} {number}", hour, hour, (0, HOURS.index(hour) - 1))
        for author, (_, hour, _) in enumerate(homes)
        for number in range(3)
    ]
    gone = {author: gone for author, (_, _, gone) in enumerate(homes) if gone is not None}
    return PulsedBlock(organisation, messages, gone)


@pytest.mark.parametrize(
    "block",
    [
        # All of a who were outside the hour go: the hour less the day of a is three people of b.
        pytest.param(
            small(
                "ddd", ("a", 5, 8, NINE), ("b", 5, 8, None), ("a", 8, 9, None), ("b", 3, 9, None)
            ),
            id="those outside go before the day closes",
        ),
        # All of a who were in the hour go when the day has closed: the day less the hour, less the
        # week of a, is one person of b.
        pytest.param(
            small(
                "dww",
                ("a", 30, 8, None),
                ("b", 1, 8, None),
                ("a", 5, 9, CLOSED),
                ("b", 20, 9, None),
            ),
            id="those in the hour go before the week closes",
        ),
    ],
)
def test_to_count_those_outside_is_not_enough(block: PulsedBlock) -> None:
    assert Played(block, of_a_and_b).exposed() > 0
    assert Played(block, every).exposed() == 0


def test_who_withdraws_after_an_hour_leaves_no_fewer_than_k_beside_it() -> None:
    # Five people wrote early, later hours are published, and one of the five withdraws.
    people = ("a", 5, 8, None), ("a", 20, 9, None), ("b", 20, 9, None)
    one_goes = ("a", 4, 8, None), ("a", 1, 8, NINE), *people[1:]

    assert [
        len(Played(small("ddd", *who), every).windows[ORDER[0]].statistics)
        for who in (people, one_goes)
    ] == [3, 0]
    assert Played(small("ddd", *one_goes), none).exposed() > 0
