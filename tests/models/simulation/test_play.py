"""The feed is as skewed and as clustered as real chat, and holds exactly what was planted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.language.corpus.loader import load
from models.language.corpus.split import held_out
from models.language.labels import Language, Sentiment, Signal
from models.simulation.bank import held_out_bank
from models.simulation.organisation import organise
from models.simulation.planted import Planted, planted_in
from models.simulation.play import World, play
from models.simulation.trickle import Trickle
from models.simulation.writing import EventKind, SimulatedEvent, mix

FIRST_DAY = date(2026, 9, 28)
VALENCE = {Sentiment.NEGATIVE: -1, Sentiment.NEUTRAL: 0, Sentiment.POSITIVE: 1}
STRAIN = {Signal.EXHAUSTION, Signal.TURNOVER_INTENT}


@pytest.fixture(scope="module")
def world() -> World:
    organisation = organise(first_day=FIRST_DAY)
    return World(
        organisation=organisation,
        bank=held_out_bank(),
        first_day=FIRST_DAY,
        weeks=8,
        messages=60_000,
        seed=1,
        planted=planted_in(organisation, weeks=8),
    )


@pytest.fixture(scope="module")
def events(world: World) -> list[SimulatedEvent]:
    return list(play(world))


@pytest.fixture(scope="module")
def posts(events: list[SimulatedEvent]) -> list[SimulatedEvent]:
    """Every message once."""
    first = {event.message_id: event for event in events if event.kind is EventKind.CREATED}
    return list(first.values())


@pytest.fixture(scope="module")
def small(world: World) -> World:
    organisation = organise(200, seed=4, first_day=FIRST_DAY)
    return replace(
        world,
        organisation=organisation,
        weeks=4,
        messages=4_000,
        planted=Planted(organisation.at_level(2)[0].id, first_week=2),
    )


def week_of(event: SimulatedEvent) -> int:
    return (event.posted_at + timedelta(hours=2)).date().toordinal() // 7 - (
        FIRST_DAY.toordinal() // 7
    )


def gini(counts: list[int]) -> float:
    ordered, n = sorted(counts), len(counts)
    return sum((2 * i - n + 1) * x for i, x in enumerate(ordered)) / (n * sum(ordered))


def by_week(world: World, posts: list[SimulatedEvent]) -> list[Counter[str]]:
    counted: list[Counter[str]] = [Counter() for _ in range(world.weeks + 1)]
    for event in posts:
        counted[week_of(event)][event.person] += 1
    return counted[: world.weeks]


def test_about_as_much_is_written_as_was_asked_for(posts: list[SimulatedEvent]) -> None:
    assert len(posts) == pytest.approx(60_000, rel=0.03)


def test_activity_is_skewed_as_in_real_chat(world: World, posts: list[SimulatedEvent]) -> None:
    people = [person.id for person in world.organisation.people]
    altogether = Counter(event.person for event in posts)

    assert gini([altogether[person] for person in people]) == pytest.approx(0.65, abs=0.05)
    for week in by_week(world, posts):
        counts = sorted((week[person] for person in people), reverse=True)
        assert 0.50 <= sum(counts[:200]) / sum(counts) <= 0.68
        assert counts[0] / sum(counts) < 0.05


def test_every_department_has_people_enough_to_be_published(
    world: World, posts: list[SimulatedEvent]
) -> None:
    department = {
        person.id: world.organisation.parents[person.unit] for person in world.organisation.people
    }
    assert world.planted is not None
    planted = []
    for week in by_week(world, posts):
        contributors = Counter(department[person] for person, count in week.items() if count >= 3)
        assert min(contributors.values()) >= 15
        planted.append(contributors[world.planted.unit])

    assert sum(planted) / len(planted) > 35
    assert min(planted) > 30


def test_the_three_languages_are_all_heard(posts: list[SimulatedEvent]) -> None:
    spoken = Counter(event.language for event in posts)

    assert min(spoken[language] / len(posts) for language in Language) > 0.2


def test_a_holiday_and_the_weekend_are_quiet(posts: list[SimulatedEvent]) -> None:
    days = Counter(event.posted_at.date() for event in posts)

    assert days[date(2026, 10, 3)] < 0.2 * days[date(2026, 10, 1)]
    assert days[date(2026, 11, 11)] < 0.6 * days[date(2026, 11, 18)]


def test_no_text_is_one_that_a_model_learned_from(events: list[SimulatedEvent]) -> None:
    corpus = {example.id: example.text for example in load()}
    learned = {example.text for example in load() if not held_out(example.id)}
    written = {event.text for event in events if event.kind is not EventKind.DELETED}

    assert all(held_out(event.example.id) for event in events)
    assert all(
        event.text == corpus[event.example.id]
        for event in events
        if event.kind is not EventKind.DELETED
    )
    assert not learned & written


def test_people_with_two_accounts_write_under_both(
    world: World, posts: list[SimulatedEvent]
) -> None:
    used: dict[str, set[str]] = defaultdict(set)
    for event in posts:
        used[event.person].add(event.identity)
    accounts = {person.id: set(person.identities) for person in world.organisation.people}

    assert all(identities <= accounts[person] for person, identities in used.items())
    assert sum(len(identities) == 2 for identities in used.values()) > 300


def test_the_planted_department_falls_by_what_was_planted(
    world: World, posts: list[SimulatedEvent]
) -> None:
    planted = world.planted
    assert planted is not None
    inside: dict[bool, list[int]] = {False: [], True: []}
    outside: dict[bool, list[int]] = {False: [], True: []}
    for event in posts:
        late = week_of(event) >= planted.first_week
        where = inside if event.unit.startswith(planted.unit) else outside
        where[late].append(VALENCE[event.example.sentiment])

    def mean(values: list[int]) -> float:
        return sum(values) / len(values)

    assert mean(inside[True]) - mean(inside[False]) == pytest.approx(-planted.size, abs=0.1)
    assert mean(outside[True]) - mean(outside[False]) == pytest.approx(0, abs=0.05)


def test_the_planted_department_speaks_of_strain(world: World, posts: list[SimulatedEvent]) -> None:
    planted = world.planted
    assert planted is not None
    strained: dict[bool, list[bool]] = {False: [], True: []}
    for event in posts:
        if event.unit.startswith(planted.unit):
            late = week_of(event) >= planted.first_week
            strained[late].append(bool(event.example.signals & STRAIN))

    shares = {late: sum(values) / len(values) for late, values in strained.items()}
    assert shares[True] > 4 * shares[False]


def test_without_the_drop_all_else_is_the_same(small: World) -> None:
    planted = small.planted
    assert planted is not None

    pairs = list(zip(play(small), play(replace(small, planted=None)), strict=True))

    for with_drop, without in pairs:
        assert replace(with_drop, example=without.example) == without
        if not planted.hits(with_drop.unit, week_of(with_drop)):
            assert with_drop == without
    assert any(one != other for one, other in pairs)


def test_the_same_seed_writes_the_same_feed(small: World) -> None:
    assert list(play(small)) == list(play(small))
    assert list(play(small)) != list(play(replace(small, seed=2)))


def test_events_come_in_the_order_of_their_arrival(events: list[SimulatedEvent]) -> None:
    arrivals = [event.arrives for event in events]

    assert arrivals == sorted(arrivals)
    assert all(event.arrives.tzinfo is UTC and event.at <= event.arrives for event in events)


def test_some_messages_are_late_twice_edited_or_deleted(events: list[SimulatedEvent]) -> None:
    kinds = Counter(event.kind for event in events)
    created = [event for event in events if event.kind is EventKind.CREATED]
    first = {event.id: event for event in reversed(created)}
    late = [event for event in first.values() if event.arrives > event.at]
    copies = len(created) - len(first)

    assert kinds[EventKind.UPDATED] / len(created) == pytest.approx(0.01, abs=0.002)
    assert kinds[EventKind.DELETED] / len(created) == pytest.approx(0.005, abs=0.002)
    assert copies / len(created) == pytest.approx(0.01, abs=0.002)
    assert len(late) / len(created) == pytest.approx(0.01, abs=0.002)


def test_what_happens_to_a_message_happens_after_it_arrived(events: list[SimulatedEvent]) -> None:
    versions: dict[str, list[int]] = defaultdict(list)
    for event in events:
        versions[event.message_id].append(event.version)

    assert all(seen == sorted(seen) and seen[0] == 1 for seen in versions.values())


def test_an_id_names_one_event_and_a_deletion_has_no_words(events: list[SimulatedEvent]) -> None:
    by_id: dict[str, SimulatedEvent] = {}
    for event in events:
        first = by_id.setdefault(event.id, event)
        assert replace(event, arrives=first.arrives) == first
        assert bool(event.text) is (event.kind is not EventKind.DELETED)


@pytest.mark.parametrize("shift", [-0.9, -0.6, -0.35, -0.1, 0.0, 0.2, 0.6])
def test_a_mix_has_the_valence_that_was_asked_for(shift: float) -> None:
    shares = mix(shift)

    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0
    assert shares[Sentiment.POSITIVE] - shares[Sentiment.NEGATIVE] == pytest.approx(0.08 + shift)


def test_live_messages_are_held_out_too_and_the_drop_lasts(small: World) -> None:
    assert small.planted is not None
    live = Trickle(small)
    start = datetime(2026, 11, 25, 9, tzinfo=UTC)

    events = [live.event(start + timedelta(seconds=n)) for n in range(2_000)]

    assert len({event.id for event in events}) == len(events)
    assert all(held_out(event.example.id) for event in events)
    means = {
        hit: [VALENCE[e.example.sentiment] for e in events if small.planted.hits(e.unit, 8) is hit]
        for hit in (False, True)
    }
    assert sum(means[True]) / len(means[True]) < sum(means[False]) / len(means[False]) - 0.2
