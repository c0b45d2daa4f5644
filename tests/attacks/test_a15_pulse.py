"""A15: take the hours away from the day.

Who: anyone who watches a figure by the hour.
What they try: hours with enough people are shown; at night and early in the morning there are too
few.  The day less the hours that are shown is what was written in the others: by the three people
who were awake.  Or there were enough, and then some of them withdraw, or are made to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.climate.cell import Cell, cell_of
from models.climate.disclosure.pulse import Hour, Overlap, pulse
from models.climate.person_day import PersonDay
from models.climate.windows import Cadence, window_of
from models.simulation.calendar import HOURS
from tests.attacks.elimination import Public, known_groups
from tests.attacks.figures import note
from tests.services.alerts.conftest import Serve

PEOPLE, A_DAY, DAYS, K = 300, 6, 60, 10
PULSE_PEOPLE, TEAMS, PULSE_DAYS = 2_000, 60, 12
BUSY, NIGHT = 0.05, 0.00005
"""Share of the day's messages in an hour of work, and in any other."""
DAY = date(2026, 11, 25)
WHAT = "days of which the hours give fewer than 10 people away"
NIGHT_SHIFT, NIGHTS = 24, 30
BUSY_HOURS = slice(9, 17)
AFTERWARDS = "the same where people of the night withdraw afterwards"
Atom = tuple[int, int, Mapping[int, int]]
"""Hour, team, and who wrote how much."""


def days() -> list[list[dict[int, int]]]:
    """For each day and hour who wrote, and how much."""
    chance = np.random.default_rng(15)
    share = np.array(HOURS) / sum(HOURS)
    return [
        [
            {int(n): int(counts[n, hour]) for n in np.flatnonzero(counts[:, hour])}
            for hour in range(len(HOURS))
        ]
        for counts in (chance.poisson(A_DAY * share, (PEOPLE, len(HOURS))) for _ in range(DAYS))
    ]


def told(hours: list[dict[int, int]]) -> bool:
    """Whether the hours of at least k people and the day together tell of fewer."""
    shown = [frozenset({hour}) for hour, people in enumerate(hours) if len(people) >= K]
    rows = [*shown, frozenset(range(len(hours)))]
    return bool(known_groups(Public(rows, hours, least=1), K))


def test_hours_of_enough_people_and_the_day_give_the_others_away() -> None:
    found = sum(map(told, days()))
    note("A15", WHAT, without=f"{found} of {DAYS}")

    assert found > DAYS / 4


@pytest.mark.parametrize(
    "question", ["cadence=hour", "cadence=pulse", "window_start=2024-01-29T10:00"]
)
def test_no_other_figure_can_be_asked_for_by_the_hour(
    published: Path, serve: Serve, question: str
) -> None:
    with serve(published) as client:
        answer = client.get(f"/v1/indicators?{question}")

    assert answer.status_code == 422


def test_the_pulse_tells_of_nobody_beside_the_day_and_the_teams() -> None:
    """Its hours as exact sums, beside the day of the whole and of every team of at least k."""
    chance = np.random.default_rng(16)
    found = shown = 0
    for _ in range(PULSE_DAYS):
        hours = _by_team(chance)
        given = [
            Hour(hour, {str(team): _cell(people) for team, people in teams.items()})
            for hour, teams in enumerate(hours)
        ]
        released = {each.hour for each in pulse(DAY, given, K)}
        atoms = [(hour, team) for hour, teams in enumerate(hours) for team in teams]
        everything = Public((), [hours[hour][team] for hour, team in atoms], least=1)
        by_hour, by_team = _rows(atoms, 0), _rows(atoms, 1)
        # The first team is half of all and never shown, so the days are safe by themselves.
        rows = [row for team, row in by_team.items() if everything.contributors(row) >= K and team]
        days_alone = replace(everything, rows=[frozenset(range(len(atoms))), *rows])
        assert known_groups(days_alone, K) == []
        both = replace(everything, rows=[*days_alone.rows, *(by_hour[hour] for hour in released)])
        found += bool(known_groups(both, K))
        shown += len(released)
    note("A15", WHAT, ours=f"pulse: {found} of {PULSE_DAYS}")

    assert found == 0
    assert shown > 3 * PULSE_DAYS


@pytest.mark.parametrize("asks", [False, True])
def test_who_withdraws_after_the_hours_leaves_nobody_alone_beside_them(*, asks: bool) -> None:
    """Those of the night wrote in no hour that is shown; before the day closes some withdraw."""
    chance = np.random.default_rng(17)
    found = shown = 0
    for _ in range(NIGHTS):
        hours = [_night(), *_by_team(chance)[BUSY_HOURS]]
        gone = frozenset(range(PULSE_PEOPLE, PULSE_PEOPLE + int(chance.integers(0, NIGHT_SHIFT))))
        given = [
            Hour(hour, {str(team): _cell(people) for team, people in teams.items()})
            for hour, teams in enumerate(hours)
        ]
        released = {each.hour for each in pulse(DAY, given, K)}
        assert released
        atoms = [
            (hour, team, {person: n for person, n in people.items() if (person in gone) is left})
            for hour, teams in enumerate(hours)
            for team, people in teams.items()
            for left in (False, True)
        ]
        there = [number for number, (_, _, who) in enumerate(atoms) if not gone & who.keys()]
        rows = [
            frozenset(n for n, atom in enumerate(atoms) if atom[0] == hour) for hour in released
        ]
        if not asks or all(one.hides(K) for one in _overlaps(released, atoms, there)):
            rows.append(frozenset(there))
            shown += 1
        found += bool(known_groups(Public(rows, [who for _, _, who in atoms], least=1), K))
    told = f"{found} of {NIGHTS}"
    note("A15", AFTERWARDS, **({"ours": told} if asks else {"without": told}))

    assert shown > NIGHTS / 4
    assert (found == 0) is asks


def _night() -> dict[int, dict[int, int]]:
    """Those who work at night write then, and at no other time."""
    return {0: dict.fromkeys(range(PULSE_PEOPLE, PULSE_PEOPLE + NIGHT_SHIFT), 1)}


def _overlaps(
    released: AbstractSet[int], atoms: Sequence[Atom], there: Sequence[int]
) -> Iterator[Overlap]:
    """Of each hour who is still there: people of each team in it, and in no hour that is shown."""

    def people(hours: AbstractSet[int]) -> dict[str, int]:
        found: dict[str, set[int]] = {}
        for hour, team, who in (atoms[number] for number in there):
            if hour in hours:
                found.setdefault(str(team), set()).update(who)
        return {team: len(who) for team, who in found.items()}

    outside = people({hour for hour, _, _ in atoms} - released)
    return (Overlap(people({hour}), outside) for hour in released)


def _rows(atoms: Sequence[tuple[int, int]], side: int) -> dict[int, frozenset[int]]:
    """The atoms of each hour (side 0) or team (side 1)."""
    found: dict[int, set[int]] = {}
    for number, atom in enumerate(atoms):
        found.setdefault(atom[side], set()).add(number)
    return {name: frozenset(row) for name, row in found.items()}


def _by_team(chance: np.random.Generator) -> list[dict[int, dict[int, int]]]:
    """For each hour, by team, who wrote and how much; at night hardly anybody is awake."""
    share = np.array(HOURS) / sum(HOURS)
    share = np.where(share < BUSY, NIGHT, share)
    team = chance.integers(0, TEAMS, PULSE_PEOPLE) * chance.integers(0, 2, PULSE_PEOPLE)
    counts = chance.poisson(A_DAY * share, (PULSE_PEOPLE, len(HOURS)))
    hours: list[dict[int, dict[int, int]]] = []
    for hour in range(len(HOURS)):
        here: dict[int, dict[int, int]] = {}
        for person in map(int, np.flatnonzero(counts[:, hour])):
            here.setdefault(int(team[person]), {})[person] = int(counts[person, hour])
        hours.append(here)
    return hours


def _cell(people: Mapping[int, int]) -> Cell:
    """Everybody with a message in the hour counts."""
    window = window_of(Cadence.DAY, DAY)
    written = [cell_of({DAY: PersonDay(n, 100_000 * n)}, window) for n in people.values()]
    return sum(written, Cell())
