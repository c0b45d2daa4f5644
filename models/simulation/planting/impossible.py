"""What of a truth cannot happen in an organisation, entry by entry, before anything is played."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum, isclose
from typing import Final

from models.simulation.organisation import Organisation
from models.simulation.planting.truth import (
    Absence,
    Dominance,
    Entry,
    GhostTown,
    LanguageMix,
    Move,
    OptOut,
    Shift,
    SignalRise,
    Transfer,
    Truth,
    Wave,
)
from models.simulation.writing import MIX

TEAM_LEVEL: Final = 3
USUAL: Final = sum(value * share for value, share in zip((-1, 0, 1), MIX.values(), strict=True))
"""Mean valence of an ordinary week."""
FARTHEST: Final = 0.88
"""Beyond this mean valence the mix of sentiments cannot follow: nine in ten against two."""
MOST_SIGNALS: Final = 0.9
"""Share of messages that carry a planted signal, at most: the usual ones have to fit in too."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """One entry that cannot happen, and why, in words for whoever wrote it."""

    entry: str
    why: str


def impossible(truth: Truth, organisation: Organisation, weeks: int) -> list[Impossible]:
    """Everything in *truth* that cannot happen in *weeks* weeks of *organisation*."""
    found = []
    for name, entry in truth.entries():
        reasons = [*_units(entry, organisation), *_weeks(entry, weeks)]
        reasons = reasons or list(_of_kind(entry, organisation))
        found += [Impossible(name, why) for why in reasons]
    return found or [*_together(truth, organisation, weeks)]


def _units(entry: Entry, organisation: Organisation) -> Iterator[str]:
    for role in ("unit", "team", "source", "target", "parent"):
        unit = getattr(entry, role, None)
        if unit is None:
            continue
        if unit not in organisation.parents:
            yield f"there is no {role} {unit}"
        elif role in {"team", "source", "target"} and organisation.level(unit) != TEAM_LEVEL:
            yield f"{unit} is no team"


def _weeks(entry: Entry, weeks: int) -> Iterator[str]:
    span = getattr(entry, "span", None)
    first = span.first_week if span else getattr(entry, "first_week", getattr(entry, "week", 0))
    if not 0 <= first < weeks:
        yield f"week {first + 1} is none of the {weeks} weeks"
    elif span and not first < span.until <= weeks:
        yield f"its weeks end after week {weeks}" if span.until > weeks else "it lasts no week"


def _of_kind(entry: Entry, organisation: Organisation) -> Iterator[str]:
    sizes = organisation.sizes
    match entry:
        case Wave(unit=unit, leavers=leavers) if leavers > sizes[unit]:
            yield f"{leavers} leavers, but {sizes[unit]} people"
        case OptOut(unit=unit, share=share) | Absence(unit=unit, share=share):
            yield from _nobody(share, sizes[unit])
        case Transfer(source=source, target=target, share=share):
            yield from _nobody(share, sizes[source])
            if source == target:
                yield "source and target are the same team"
        case Move():
            yield from _misplaced(entry, organisation)
        case LanguageMix(shares=shares) if not isclose(fsum(shares.values()), 1.0, abs_tol=1e-6):
            yield "the shares of the languages do not add up to 1"
        case _:
            return


def _nobody(share: float, people: int) -> Iterator[str]:
    if not round(share * people):
        yield f"{share} of {people} people is nobody"


def _misplaced(move: Move, organisation: Organisation) -> Iterator[str]:
    if organisation.level(move.parent) != organisation.level(move.unit) - 1:
        yield f"{move.parent} cannot hold {move.unit}: it is not one level above"
    elif organisation.parents[move.unit] == move.parent:
        yield f"{move.parent} holds {move.unit} already"


def _together(truth: Truth, organisation: Organisation, weeks: int) -> Iterator[Impossible]:
    """Entries that are possible one by one, but not with those before them."""
    planned = [*truth.entries()]
    yield from _overloaded(planned, organisation, weeks)
    moved: defaultdict[str, float] = defaultdict(float)
    loud: list[Dominance] = []
    for name, entry in planned:
        match entry:
            case Transfer(source=source, share=share):
                moved[source] += share
                if moved[source] > 1:
                    yield Impossible(name, f"more people than there are leave {source}")
            case Dominance(team=team):
                if any(one.team == team and _meet(one, entry) for one in loud):
                    yield Impossible(name, f"somebody dominates {team} in these weeks already")
                loud.append(entry)
                if any(_silent(town, entry, organisation) for town in truth.ghost_town):
                    yield Impossible(name, f"{team} is silent in these weeks")
            case _:
                continue


def _meet(one: Dominance | GhostTown, other: Dominance) -> bool:
    return one.span.first_week < other.span.until and other.span.first_week < one.span.until


def _silent(town: GhostTown, loud: Dominance, organisation: Organisation) -> bool:
    return not town.left and town.unit in organisation.lineage(loud.team) and _meet(town, loud)


def _overloaded(
    planned: list[tuple[str, Entry]], organisation: Organisation, weeks: int
) -> Iterator[Impossible]:
    """Shifts and signals that add up to more than messages can show in some team and week."""
    teams = [unit.id for unit in organisation.at_level(TEAM_LEVEL)]
    valence = {(team, week): USUAL for team in teams for week in range(weeks)}
    carried = dict.fromkeys(valence, 0.0)
    for name, entry in planned:
        if not isinstance(entry, Shift | SignalRise):
            continue
        sums, by = (valence, entry.by) if isinstance(entry, Shift) else (carried, entry.share)
        hit = [
            (team, week)
            for team in teams
            if entry.unit in organisation.lineage(team)
            for week in range(entry.span.first_week, entry.span.until)
        ]
        for place in hit:
            sums[place] += by
        if sums is valence and any(abs(valence[place]) > FARTHEST for place in hit):
            yield Impossible(name, f"the mean valence of a team would be beyond {FARTHEST}")
        if sums is carried and any(carried[place] > MOST_SIGNALS for place in hit):
            yield Impossible(name, f"more than {MOST_SIGNALS} of the messages would carry signals")
