"""A planted feed is the unplanted one but for what is planted, and that is in it as written."""

from __future__ import annotations

import pickle
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median

import pytest

from models.language.corpus.loader import in_category
from models.language.corpus.split import held_out
from models.language.labels import Language, Sentiment, Signal
from models.simulation.activity import Moods
from models.simulation.bank import held_out_examples
from models.simulation.organisation import Organisation, organise
from models.simulation.planting.found import POLARITY, Found
from models.simulation.planting.play import ZONE, OptedOut, PlantedWorld, Reorganised, play
from models.simulation.planting.shelves import Shelves
from models.simulation.planting.truth import (
    Absence,
    Bot,
    Dominance,
    GhostTown,
    Handling,
    Holiday,
    LanguageMix,
    Late,
    Move,
    OptOut,
    Replies,
    Shift,
    SignalRise,
    Silo,
    Span,
    Transfer,
    Truth,
    Wave,
)
from models.simulation.writing import EventKind, SimulatedEvent

FIRST = date(2026, 10, 5)
WEEKS = 4
ALL = Span(0, WEEKS)
DEPARTMENT = "halyard.flanders.service"
TEAM = f"{DEPARTMENT}.team-1"
OTHER = f"{DEPARTMENT}.team-2"
FAR = "halyard.wallonia.production"
QUIET = Handling(edited=0, deleted=0, twice=0, disordered=0)
IRONIC = in_category("irony")


@pytest.fixture(scope="module", name="shelves")
def _shelves() -> Shelves:
    return Shelves(held_out_examples(), IRONIC)


@pytest.fixture(scope="module", name="calm")
def _calm(shelves: Shelves) -> PlantedWorld:
    organisation = organise(400, seed=5, first_day=FIRST)
    truth = Truth(handling=QUIET)
    return PlantedWorld(organisation, shelves, truth, FIRST, WEEKS, 8_000, seed=3)


@pytest.fixture(scope="module", name="usual")
def _usual(calm: PlantedWorld) -> dict[str, SimulatedEvent]:
    return by_message(calm)


def events(world: PlantedWorld, found: Found | None = None) -> Iterator[SimulatedEvent]:
    for item in play(world, found or Found()):
        if isinstance(item, SimulatedEvent):
            yield item


def by_message(world: PlantedWorld) -> dict[str, SimulatedEvent]:
    return {event.message_id: event for event in events(world) if event.version == 1}


def planted(calm: PlantedWorld, **entries: object) -> PlantedWorld:
    return replace(calm, truth=replace(calm.truth, **entries))  # type: ignore[arg-type]


def week_of(event: SimulatedEvent) -> int:
    local = (event.posted_at + timedelta(hours=2)).date()
    return (local - FIRST).days // 7


def inside(event: SimulatedEvent, unit: str) -> bool:
    return f"{event.unit}.".startswith(f"{unit}.")


def words(event: SimulatedEvent) -> tuple[object, ...]:
    return event.person, event.unit, event.at, event.channel, event.parent, event.example


def test_the_same_seed_plays_the_same_feed_and_another_seed_another_one(
    calm: PlantedWorld,
) -> None:
    assert list(play(calm, Found())) == list(play(calm, Found()))
    assert list(play(calm, Found())) != list(play(replace(calm, seed=4), Found()))


def test_events_come_in_the_order_of_their_arrival(calm: PlantedWorld) -> None:
    handling = Handling(edited=0.2, deleted=0.2, twice=0.2, disordered=0.5)
    world = planted(calm, handling=handling, late=(Late("halyard", ALL, 0.2, 30),))

    arrivals = [event.arrives for event in events(world)]

    assert arrivals == sorted(arrivals)
    assert all(one.tzinfo is UTC for one in arrivals)


def test_about_as_much_is_written_as_was_asked_for(usual: dict[str, SimulatedEvent]) -> None:
    assert len(usual) == pytest.approx(8_000, rel=0.05)


def test_a_conversation_near_midnight_stays_on_its_day(calm: PlantedWorld) -> None:
    """Nobody begins one between midnight and five, so whatever is there came over from before."""
    organisation = organise(60, seed=5, first_day=FIRST)
    world = replace(calm, organisation=organisation, weeks=2, messages=40_000)

    hours = Counter(event.posted_at.astimezone(ZONE).hour for event in events(world))

    assert hours[23] > 20
    assert sum(hours[hour] for hour in range(5)) == 0


def test_no_text_is_one_that_a_model_learned_from(usual: dict[str, SimulatedEvent]) -> None:
    assert all(held_out(event.example.id) for event in usual.values())


@pytest.mark.parametrize("by", [-0.4, 0.4])
def test_a_shift_changes_the_words_of_its_unit_and_weeks_alone(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent], by: float
) -> None:
    shifted = by_message(planted(calm, shift=(Shift(DEPARTMENT, Span(1, 3), by),)))

    assert shifted.keys() == usual.keys()
    changed = {one for one in usual if words(shifted[one]) != words(usual[one])}
    hit = [one for one in usual if inside(usual[one], DEPARTMENT) and week_of(usual[one]) in {1, 2}]
    assert changed <= set(hit)
    moved = mean(
        POLARITY[shifted[one].example.sentiment] - POLARITY[usual[one].example.sentiment]
        for one in hit
    )
    assert moved == pytest.approx(by, abs=0.06)


def test_a_signal_is_carried_by_the_share_that_is_planted_beside_the_usual(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    rise = SignalRise("halyard", Span(2, 4), Signal.UNFAIRNESS, 0.2)
    risen = by_message(planted(calm, signal=(rise,)))

    def share(of: dict[str, SimulatedEvent], weeks: set[int]) -> float:
        return mean(
            Signal.UNFAIRNESS in event.example.signals
            for event in of.values()
            if week_of(event) in weeks
        )

    assert share(risen, {0, 1}) == share(usual, {0, 1}) == pytest.approx(0.008, abs=0.005)
    assert share(risen, {2, 3}) == pytest.approx(0.208, abs=0.02)


def test_planting_one_signal_hardly_plants_another(calm: PlantedWorld) -> None:
    rise = SignalRise("halyard", ALL, Signal.TURNOVER_INTENT, 0.5)

    carried = [e.example.signals for e in by_message(planted(calm, signal=(rise,))).values()]

    assert all(len(signals) <= 1 for signals in carried if Signal.TURNOVER_INTENT in signals)


def test_leavers_write_two_in_a_hundred_messages_about_leaving_for_eight_weeks(
    calm: PlantedWorld,
) -> None:
    people = calm.organisation.sizes["halyard"]
    world = replace(planted(calm, wave=(Wave("halyard", 1, people),)), weeks=12, messages=40_000)
    shares: dict[bool, list[bool]] = {True: [], False: []}
    for event in events(world):
        leaving = 1 <= week_of(event) < 9
        shares[leaving].append(Signal.TURNOVER_INTENT in event.example.signals)

    assert mean(shares[True]) == pytest.approx(0.02, abs=0.004)
    assert mean(shares[False]) < 0.004


def test_a_wave_has_the_leavers_that_were_asked_for(calm: PlantedWorld) -> None:
    world = planted(calm, wave=(Wave(DEPARTMENT, 1, 7), Wave(DEPARTMENT, 2, 8)))

    picked = world.cast().picked

    assert [len(picked["wave 1"]), len(picked["wave 2"])] == [7, 8]
    assert picked["wave 1"] != picked["wave 2"]


def test_a_silo_answers_nobody_outside_and_is_answered_all_the_same(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    found = Found()
    world = planted(calm, silo=(Silo(DEPARTMENT, Span(1, 3), 0.0),))
    answering: dict[bool, list[bool]] = {True: [], False: []}
    unit = {}
    for event in events(world, found):
        unit[event.message_id] = event
        if event.parent is not None and inside(event, DEPARTMENT):
            outside = not inside(unit[event.parent], DEPARTMENT)
            answering[week_of(event) in {1, 2}].append(outside)
    answered = [
        event
        for event in unit.values()
        if event.parent
        and week_of(event) in {1, 2}
        and not inside(event, DEPARTMENT)
        and inside(unit[event.parent], DEPARTMENT)
    ]

    assert not any(answering[True])
    assert mean(answering[False]) > 0.05
    assert answered
    assert found.entries["silo 1"]["replies"] == len(answering[True])
    assert found.entries["silo 1"]["replies outside the unit"] == 0
    assert len(unit) == len(usual)


def test_an_answer_comes_after_what_it_answers_in_its_channel_and_thread_from_somebody_else(
    calm: PlantedWorld,
) -> None:
    replies = Replies(share=0.5, outside=0.3, median_minutes=20)
    seen: dict[str, SimulatedEvent] = {}
    for event in events(planted(calm, replies=replies)):
        seen[event.message_id] = event
        if event.parent is None:
            assert event.thread == event.message_id
            continue
        parent = seen[event.parent]
        assert parent.at < event.at
        assert parent.person != event.person
        assert (parent.channel, parent.thread) == (event.channel, event.thread)
    share = mean(event.parent is not None for event in seen.values())
    outside = mean(seen[event.parent].unit != event.unit for event in seen.values() if event.parent)
    assert share == pytest.approx(0.5, abs=0.03)
    assert outside == pytest.approx(0.3, abs=0.05)


def test_slower_answers_take_longer(calm: PlantedWorld) -> None:
    def minutes(planned: float) -> float:
        replies = Replies(share=0.5, outside=0.3, median_minutes=planned)
        seen = by_message(planted(replace(calm, messages=30_000), replies=replies))
        return median(
            (event.at - seen[event.parent].at).total_seconds() / 60
            for event in seen.values()
            if event.parent
        )

    assert 5 < minutes(20) < 80
    assert minutes(600) > 3 * minutes(20)


def test_a_ghost_town_writes_its_share_and_all_others_what_they_would(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    left = by_message(planted(calm, ghost_town=(GhostTown(FAR, Span(1, 4), 0.25),)))

    hit = {one for one in usual if inside(usual[one], FAR) and week_of(usual[one]) >= 1}
    assert usual.keys() - hit <= left.keys() <= usual.keys()
    assert len(hit & left.keys()) / len(hit) == pytest.approx(0.25, abs=0.06)


def test_a_holiday_is_one_quiet_day(calm: PlantedWorld, usual: dict[str, SimulatedEvent]) -> None:
    left = by_message(planted(calm, holiday=(Holiday(FAR, 2, 1, 0.0),)))
    day = FIRST + timedelta(weeks=2, days=1)

    gone = [usual[one] for one in usual.keys() - left.keys()]
    assert {(event.posted_at + timedelta(hours=2)).date() for event in gone} == {day}
    assert len(gone) == sum(
        (e.posted_at + timedelta(hours=2)).date() == day and inside(e, FAR) for e in usual.values()
    )


def test_who_is_absent_writes_nothing_in_those_weeks(calm: PlantedWorld) -> None:
    world = planted(calm, absence=(Absence(DEPARTMENT, Span(1, 3), 0.5),))
    away = world.cast().picked["absence 1"]

    weeks = {week_of(event) for event in by_message(world).values() if event.person in away}

    assert len(away) == round(0.5 * calm.organisation.sizes[DEPARTMENT])
    assert weeks == {0, 3}


def test_one_person_dominates_with_words_of_their_own_mood(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    world = planted(calm, dominance=(Dominance(TEAM, Span(1, 4), 40, -0.5),))
    [loud] = world.cast().picked["dominance 1"]
    posts = by_message(world)

    weekly = Counter(week_of(event) for event in posts.values() if event.person == loud)
    assert [weekly[week] for week in (1, 2, 3)] == pytest.approx([200] * 3, rel=0.25)
    assert weekly[0] < 50
    said = [POLARITY[e.example.sentiment] for e in posts.values() if e.person == loud]
    assert mean(said) < -0.2
    others = {one for one in usual if usual[one].person != loud}
    assert all(usual[one].example == posts[one].example for one in others)


def test_bots_are_marked_or_not_and_change_nobody_else(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    bots = (Bot(TEAM, 30, marked=True), Bot(OTHER, 10, marked=False))
    posts = by_message(planted(calm, bot=bots))

    extra = [posts[one] for one in posts.keys() - usual.keys()]
    found = Counter((event.unit, event.automated) for event in extra)
    assert found.keys() == {(TEAM, True), (OTHER, False)}
    assert found[TEAM, True] == pytest.approx(30 * 28, rel=0.15)
    assert found[OTHER, False] == pytest.approx(10 * 28, rel=0.25)
    assert all(words(posts[one]) == words(usual[one]) for one in usual)


def test_people_of_a_transfer_belong_elsewhere_and_are_new_there(calm: PlantedWorld) -> None:
    world = planted(calm, transfer=(Transfer(TEAM, OTHER, 2, 0.5),))
    movers = world.cast().picked["transfer 1"]
    [changed] = [item for item in play(world, Found()) if isinstance(item, Reorganised)]

    people = {person.id: person for person in changed.organisation.people}
    assert len(movers) == round(0.5 * calm.organisation.sizes[TEAM])
    assert changed.at == datetime(2026, 10, 18, 22, tzinfo=UTC)
    assert {people[one].unit for one in movers} == {OTHER}
    assert {people[one].since for one in movers} == {FIRST + timedelta(weeks=2)}
    for event in by_message(world).values():
        if event.person in movers:
            assert event.unit == (OTHER if week_of(event) >= 2 else TEAM)


def test_a_unit_that_moves_is_hit_by_what_is_planted_in_its_new_parent(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    moving = "halyard.wallonia.logistics"
    world = planted(
        calm,
        move=(Move(moving, "halyard.flanders", 2),),
        ghost_town=(GhostTown("halyard.flanders", ALL, 0.0),),
    )

    weeks = {week_of(event) for event in by_message(world).values() if inside(event, moving)}

    [changed] = [item for item in play(world, Found()) if isinstance(item, Reorganised)]
    assert changed.organisation.parents[moving] == "halyard.flanders"
    assert changed.organisation.sizes["halyard"] == calm.organisation.sizes["halyard"]
    assert weeks == {0, 1}
    assert any(inside(event, moving) and week_of(event) == 3 for event in usual.values())


def test_units_of_a_moved_tree_stand_after_their_parents(calm: PlantedWorld) -> None:
    world = planted(calm, move=(Move("halyard.flanders.service", "halyard.wallonia", 1),))
    [changed] = [item for item in play(world, Found()) if isinstance(item, Reorganised)]

    seen: set[str | None] = {None}
    for unit in changed.organisation.units:
        assert unit.parent in seen
        seen.add(unit.id)
    assert len(seen) == len(calm.organisation.units) + 1


def test_an_opt_out_is_told_once_and_the_person_writes_on(calm: PlantedWorld) -> None:
    world = planted(calm, opt_out=(OptOut(TEAM, 1, 1.0), OptOut(DEPARTMENT, 2, 1.0)))
    found = Found()
    told = [item for item in play(world, found) if isinstance(item, OptedOut)]

    first = {world.midnight(1): calm.organisation.sizes[TEAM]}
    rest = calm.organisation.sizes[DEPARTMENT] - calm.organisation.sizes[TEAM]
    assert Counter(one.at for one in told) == first | {world.midnight(2): rest}
    assert len({one.identity for one in told}) == len(told)
    assert found.entries["opt_out 1"]["messages"] > 0
    assert not any(team == TEAM and week >= 1 for team, week in found.teams)


def test_late_messages_are_as_many_and_as_late_as_planted(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    late = by_message(planted(calm, late=(Late(FAR, Span(1, 2), 0.3, 20),)))

    behind: dict[bool, list[timedelta]] = defaultdict(list)
    for one, event in late.items():
        assert replace(event, arrives=event.at) == usual[one]
        hit = inside(event, FAR) and week_of(event) == 1
        behind[hit].append(event.arrives - event.at)
    assert set(behind[False]) == {timedelta(0)}
    assert set(behind[True]) == {timedelta(0), timedelta(hours=20)}
    assert mean(one > timedelta(0) for one in behind[True]) == pytest.approx(0.3, abs=0.08)


def test_what_would_arrive_after_the_end_is_never_sent(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    found = Found()
    world = planted(calm, late=(Late("halyard", Span(3, 4), 1.0, 240),))

    sent = [event.message_id for event in events(world, found)]

    assert found.handling["never sent"] == len(usual) - len(sent) > 0


def test_edits_deletions_and_repeats_are_as_many_as_planted(calm: PlantedWorld) -> None:
    handling = Handling(edited=0.1, deleted=0.05, twice=0.08, disordered=0.4)
    found = Found()
    sent = list(events(planted(calm, handling=handling), found))

    kinds = Counter(event.kind for event in sent)
    posts = len({event.message_id for event in sent})
    assert kinds[EventKind.UPDATED] / posts == pytest.approx(0.1, abs=0.01)
    assert kinds[EventKind.DELETED] / posts == pytest.approx(0.05, abs=0.01)
    assert (kinds[EventKind.CREATED] - posts) / posts == pytest.approx(0.08, abs=0.01)
    arrived: dict[str, int] = {}
    overtaken = set()
    for event in sent:
        if event.version > 1 and event.message_id not in arrived:
            overtaken.add(event.message_id)
        arrived[event.message_id] = event.version
    changed = {event.message_id for event in sent if event.version > 1}
    assert len(overtaken) / len(changed) == pytest.approx(0.4, abs=0.05)
    assert found.handling["out of order"] == len(overtaken)


def test_irony_is_the_share_of_bad_news_that_is_planted(calm: PlantedWorld) -> None:
    world = planted(calm, irony={Language.FR: 0.5, Language.NL: 0.1, Language.EN: 0.0})
    ironic: dict[Language, list[bool]] = defaultdict(list)
    for event in by_message(world).values():
        negative = event.example.sentiment is Sentiment.NEGATIVE
        if negative and not (event.example.signals and event.example.id not in IRONIC):
            ironic[event.language].append(event.example.id in IRONIC)

    assert mean(ironic[Language.FR]) == pytest.approx(0.5, abs=0.08)
    assert mean(ironic[Language.NL]) == pytest.approx(0.1, abs=0.06)
    assert not any(ironic[Language.EN])


def test_a_unit_speaks_the_languages_that_are_planted(calm: PlantedWorld) -> None:
    mixes = (
        LanguageMix("halyard.flanders", {Language.EN: 1.0}),
        LanguageMix(DEPARTMENT, {Language.FR: 0.5, Language.NL: 0.5}),
    )
    spoken: dict[str, Counter[Language]] = defaultdict(Counter)
    for event in by_message(planted(calm, languages=mixes)).values():
        spoken[".".join(event.unit.split(".")[:3])][event.language] += 1

    assert spoken["halyard.flanders.production"].keys() == {Language.EN}
    assert spoken[DEPARTMENT].keys() == {Language.FR, Language.NL}
    shares = spoken[DEPARTMENT]
    assert shares[Language.FR] / shares.total() == pytest.approx(0.5, abs=0.3)
    assert len(spoken[FAR]) == 3


def test_what_was_written_is_told_by_team_and_week(
    calm: PlantedWorld, usual: dict[str, SimulatedEvent]
) -> None:
    found = Found()
    list(play(calm, found))

    told = {place: (one.posts, one.valence) for place, one in found.teams.items()}
    counted: dict[tuple[str, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for event in usual.values():
        posts, valence = counted[event.unit, week_of(event)]
        counted[event.unit, week_of(event)] = (
            posts + 1,
            valence + POLARITY[event.example.sentiment],
        )
    assert told == counted


def test_moods_that_let_go_of_old_weeks_are_the_same_moods(calm: PlantedWorld) -> None:
    people, units = calm.organisation.people[:3], ("halyard",)
    keeping, advancing = Moods(3), Moods(3)
    for week in range(6):
        advancing.advance(people, week)
        assert advancing.of(people[0], units, week, 0) == keeping.of(people[0], units, week, 0)
    assert advancing.of(people[1], units, 5, 0) == keeping.of(people[1], units, 5, 0)
    assert advancing.of(people[1], units, 1, 0) == keeping.of(people[1], units, 1, 0)


def test_moods_that_let_go_of_old_weeks_do_not_grow(calm: PlantedWorld) -> None:
    people, moods, sizes = calm.organisation.people[:3], Moods(3), []
    for week in range(30):
        moods.advance(people, week)
        for one in people:
            moods.of(one, ("halyard",), week, 0)
        sizes.append(len(pickle.dumps(moods)))

    assert sizes[-1] < 1.1 * sizes[2]


def test_a_bank_without_a_message_for_something_is_refused() -> None:
    silent = [e for e in held_out_examples() if e.signals != {Signal.CONFLICT}]

    with pytest.raises(ValueError, match="no message for some"):
        Shelves(silent, IRONIC)


def test_organisation_is_the_one_asked_for_where_no_language_is_planted(
    calm: PlantedWorld,
) -> None:
    cast = planted(calm, wave=(Wave(TEAM, 1, 1),)).cast()

    assert isinstance(cast.organisation, Organisation)
    assert cast.organisation is calm.organisation
