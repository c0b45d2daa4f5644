"""The truth of one week, laid out over teams and people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from models.language.labels import Signal
from models.simulation.organisation import Organisation, Unit
from models.simulation.planting.cast import Cast
from models.simulation.planting.truth import (
    Absence,
    Dominance,
    GhostTown,
    Holiday,
    Late,
    Move,
    OptOut,
    Shift,
    SignalRise,
    Silo,
    Transfer,
    Truth,
    Wave,
)

DAYS_OF_WEEK: Final = 7
LEAVING_WEEKS: Final = 8
"""How long somebody who leaves writes about it (design study, section 4b)."""


def _a_week() -> list[list[str]]:
    return [[] for _ in range(DAYS_OF_WEEK)]


@dataclass(slots=True)
class Place:
    """What is different in one team in one week; each part with the names of its entries.

    Attributes:
        shift: Added to the valence of its messages.
        signals: Planted shares of messages that carry a signal.
        left: Of each weekday, the share of its messages that is written.
        silos: Entries whose unit holds it, and what is left of the replies to others.
        late: Share of late messages, and by how many hours, of each entry.
        covering: Of each weekday, the entries that the messages are counted for.
        silencing: Of each weekday, the entries for which some are not written.
    """

    shift: float = 0.0
    signals: list[tuple[Signal, float]] = field(default_factory=list)
    left: list[float] = field(default_factory=lambda: [1.0] * DAYS_OF_WEEK)
    silos: list[tuple[str, Silo]] = field(default_factory=list)
    late: list[tuple[str, float, int]] = field(default_factory=list)
    covering: list[list[str]] = field(default_factory=_a_week)
    silencing: list[list[str]] = field(default_factory=_a_week)


@dataclass(frozen=True, slots=True)
class Stage:
    """One week.

    Attributes:
        organisation: As it stands; teams of people who moved are their new ones.
        places: What is different, by team.
        away: People who are absent.
        leaving: People who write about leaving, and the entry.
        loud: People who dominate, with the entry and its name.
        opted_out: People who are not read, and the entry.
        opting_out: Those of them who opt out as the week begins.
    """

    organisation: Organisation
    places: Mapping[str, Place]
    away: Mapping[str, str]
    leaving: Mapping[str, str]
    loud: Mapping[str, tuple[str, Dominance]]
    opted_out: Mapping[str, str]
    opting_out: frozenset[str]


class Staging:
    """Lays a truth out, week after week."""

    def __init__(self, cast: Cast, truth: Truth, first_day: date) -> None:
        self._cast, self._entries = cast, [*truth.entries()]
        self._first_day = first_day
        self._organisation = cast.organisation

    def of(self, week: int) -> Stage:
        """What is different in *week*; ask for the weeks in their order, from 0."""
        self._move(week)
        organisation = self._organisation
        places: dict[str, Place] = defaultdict(Place)
        people: dict[str, dict[str, str]] = {"away": {}, "leaving": {}, "out": {}}
        loud: dict[str, tuple[str, Dominance]] = {}
        opting: set[str] = set()
        teams = [*dict.fromkeys(person.unit for person in organisation.people)]
        for name, entry in self._entries:
            picked = dict.fromkeys(self._cast.picked.get(name, ()), name)
            match entry:
                case Wave(first_week=first) if first <= week < first + LEAVING_WEEKS:
                    people["leaving"].update(picked)
                case Absence(span=span) if span.holds(week):
                    people["away"].update(picked)
                case OptOut(week=first) if first <= week:
                    opting |= {one for one in picked if first == week} - people["out"].keys()
                    people["out"] = picked | people["out"]
                case Dominance(span=span) if span.holds(week):
                    loud |= dict.fromkeys(picked, (name, entry))
                case Shift() | SignalRise() | Silo() | GhostTown() | Late() | Holiday():
                    if _when(entry, week):
                        for team in teams:
                            if entry.unit in organisation.lineage(team):
                                _add(places[team], name, entry)
                case _:
                    continue
        return Stage(
            organisation=organisation,
            places=dict(places),
            away=people["away"],
            leaving=people["leaving"],
            loud=loud,
            opted_out=people["out"],
            opting_out=frozenset(opting),
        )

    def _move(self, week: int) -> None:
        now = self._organisation
        for name, entry in self._entries:
            match entry:
                case Move(unit=unit, parent=parent, first_week=first) if first == week:
                    units = [
                        replace(one, parent=parent) if one.id == unit else one for one in now.units
                    ]
                    now = Organisation(_top_down(units), now.people)
                case Transfer(target=target, first_week=first) if first == week:
                    picked, day = self._cast.picked[name], self._first_day
                    since = day + timedelta(days=week * DAYS_OF_WEEK)
                    people = [
                        replace(one, unit=target, since=since) if one.id in picked else one
                        for one in now.people
                    ]
                    now = Organisation(now.units, tuple(people))
                case _:
                    continue
        self._organisation = now


def _when(entry: Shift | SignalRise | Silo | GhostTown | Late | Holiday, week: int) -> bool:
    return entry.week == week if isinstance(entry, Holiday) else entry.span.holds(week)


def _add(
    place: Place, name: str, entry: Shift | SignalRise | Silo | GhostTown | Late | Holiday
) -> None:
    days = [entry.day] if isinstance(entry, Holiday) else range(DAYS_OF_WEEK)
    for day in days:
        place.covering[day].append(name)
        if isinstance(entry, Holiday | GhostTown):
            place.silencing[day].append(name)
            place.left[day] *= entry.left
    match entry:
        case Shift():
            place.shift += entry.by
        case SignalRise():
            place.signals.append((entry.signal, entry.share))
        case Silo():
            place.silos.append((name, entry))
        case Late():
            place.late.append((name, entry.share, entry.hours))
        case _:
            return


def _top_down(units: list[Unit]) -> tuple[Unit, ...]:
    """Parents before children, otherwise in the order that they had."""
    by_parent: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in units:
        by_parent[unit.parent].append(unit)
    ordered, left = [], [*by_parent[None]]
    while left:
        unit = left.pop(0)
        ordered.append(unit)
        left = [*by_parent[unit.id], *left]
    return tuple(ordered)
