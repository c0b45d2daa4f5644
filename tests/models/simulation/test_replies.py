"""The demonstration's people answer each other, and write what they would have written anyway."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from models.climate.networks.matrix import REPLY_BOUND, ReplyMatrix, disclose
from models.climate.unit_tree import Unit, UnitTree
from models.simulation.bank import held_out_bank
from models.simulation.organisation import organise
from models.simulation.play import World, play
from models.simulation.replies import ANSWERS, Conversations
from models.simulation.writing import EventKind, SimulatedEvent

FIRST_DAY = date(2026, 9, 28)


@pytest.fixture(name="world", scope="module")
def _world() -> World:
    return World(
        organisation=organise(400, seed=4, first_day=FIRST_DAY),
        bank=held_out_bank(),
        first_day=FIRST_DAY,
        weeks=3,
        messages=12_000,
        seed=4,
        planted=None,
    )


@pytest.fixture(name="events", scope="module")
def _events(world: World) -> list[SimulatedEvent]:
    return list(play(world))


@pytest.fixture(name="said", scope="module")
def _said(events: list[SimulatedEvent]) -> dict[str, SimulatedEvent]:
    """Every message once, by its id."""
    return {event.message_id: event for event in events if event.kind is EventKind.CREATED}


@pytest.fixture(name="answers", scope="module")
def _answers(said: dict[str, SimulatedEvent]) -> list[tuple[SimulatedEvent, SimulatedEvent]]:
    """Each answer with what it answers."""
    return [(one, said[one.parent]) for one in said.values() if one.parent is not None]


def platform(name: str) -> str:
    return name.partition("/")[0]


def test_about_as_many_messages_answer_one_as_the_demonstration_asks_for(
    said: dict[str, SimulatedEvent], answers: list[tuple[SimulatedEvent, SimulatedEvent]]
) -> None:
    outside = sum(one.unit != other.unit for one, other in answers) / len(answers)

    assert len(answers) / len(said) == pytest.approx(ANSWERS.share, abs=0.04)
    assert outside == pytest.approx(ANSWERS.outside, abs=0.05)


def test_an_answer_comes_after_what_somebody_else_wrote(
    answers: list[tuple[SimulatedEvent, SimulatedEvent]],
) -> None:
    assert all(other.at < one.at and other.person != one.person for one, other in answers)


def test_an_answer_stands_where_its_parent_does_under_an_account_of_that_platform(
    world: World, answers: list[tuple[SimulatedEvent, SimulatedEvent]]
) -> None:
    accounts = {person.id: person.identities for person in world.organisation.people}

    assert all(one.channel == other.channel for one, other in answers)
    assert all(platform(one.identity) == platform(one.channel) for one, _ in answers)
    assert all(one.identity in accounts[one.person] for one, _ in answers)
    assert {platform(one.channel) for one, _ in answers} == {"demo:chat", "demo:social"}


def test_an_answer_belongs_to_the_thread_that_the_first_message_began(
    said: dict[str, SimulatedEvent], answers: list[tuple[SimulatedEvent, SimulatedEvent]]
) -> None:
    assert all(one.thread == other.thread for one, other in answers)
    assert all(one.thread == one.message_id for one in said.values() if one.parent is None)
    assert any(other.parent is not None for _, other in answers)


def test_all_that_becomes_of_an_answer_names_the_same_parent_and_place(
    events: list[SimulatedEvent], said: dict[str, SimulatedEvent]
) -> None:
    later = [event for event in events if event.kind is not EventKind.CREATED]

    assert any(event.parent for event in later)
    for event in events:
        first = said[event.message_id]
        assert (event.parent, event.thread) == (first.parent, first.thread)
        assert (event.channel, event.identity) == (first.channel, first.identity)


def test_answers_cross_midnight(answers: list[tuple[SimulatedEvent, SimulatedEvent]]) -> None:
    apart = [one.at - other.at for one, other in answers]

    assert max(apart) > timedelta(days=1)
    assert any(one.at.date() != other.at.date() for one, other in answers)


def test_answers_change_neither_words_nor_times_nor_authors(
    world: World, events: list[SimulatedEvent]
) -> None:
    alone = [replace(event, parent=None, thread=None) for event in events]

    answering = Conversations(world.organisation, seed=9).of_day(alone)

    assert sum(event.parent is not None for event in answering) > 1_000
    for before, after in zip(alone, answering, strict=True):
        elsewhere = replace(after, channel=before.channel, identity=before.identity)
        assert replace(elsewhere, parent=None, thread=None) == before


def test_the_same_seed_lets_the_same_messages_answer(
    world: World, events: list[SimulatedEvent]
) -> None:
    alone = [replace(event, parent=None, thread=None) for event in events]
    first, again, other = (
        Conversations(world.organisation, seed).of_day(alone) for seed in (9, 9, 10)
    )

    assert first == again
    assert first != other


def test_most_departments_of_the_demonstration_can_be_shown_with_their_replies() -> None:
    organisation = organise(1_200, seed=1, first_day=FIRST_DAY)
    world = World(organisation, held_out_bank(), FIRST_DAY, 1, 4_350, 1, planted=None)
    said = {event.message_id: event for event in play(world) if event.kind is EventKind.CREATED}
    departments = tuple(unit.id for unit in organisation.at_level(2))
    home = {person.id: organisation.parents[person.unit] for person in organisation.people}
    writing = Counter(event.person for event in said.values())
    sent: Counter[tuple[str | None, str | None, str]] = Counter(
        (home[event.person], home[said[event.parent].person], event.person)
        for event in said.values()
        if event.parent is not None
    )
    replies, senders = np.zeros((2, len(departments), len(departments)), dtype=np.int64)
    for (of, to, _), count in sent.items():
        cell = departments.index(of or ""), departments.index(to or "")
        replies[cell] += min(count, REPLY_BOUND)
        senders[cell] += 1
    contributors = Counter(home[person] for person, count in writing.items() if count >= 3)
    matrix = ReplyMatrix(
        departments, replies, senders, np.array([contributors[unit] for unit in departments])
    )
    sizes = organisation.sizes
    tree = UnitTree(Unit(unit.id, unit.parent, sizes[unit.id]) for unit in organisation.units)

    shown = disclose(matrix, tree, k=10)

    assert len(shown.units) > len(departments) / 2
    assert shown.pairs.any()
