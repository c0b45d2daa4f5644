"""Who plays what: the people whom chance picks for the entries of a truth, once and for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from models.language.labels import Language
from models.simulation.chance import chance, stream
from models.simulation.organisation import Organisation, Person
from models.simulation.planting.truth import (
    Absence,
    Bot,
    Dominance,
    LanguageMix,
    OptOut,
    Transfer,
    Truth,
    Wave,
)

BOT_SINCE: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Cast:
    """The people behind the entries, by the entry's name.

    Attributes:
        organisation: Before anybody moves; people speak what the truth says.
        picked: Ids of the leavers, movers, absent and opted-out people, and of whoever dominates.
        bots: The account behind each entry, and the entry.
    """

    organisation: Organisation
    picked: Mapping[str, frozenset[str]]
    bots: Mapping[str, tuple[Person, Bot]]


def cast(organisation: Organisation, truth: Truth, *, seed: int, first_day: date) -> Cast:
    """Pick people for *truth*, in which nothing is impossible."""
    speaking = _speaking(organisation, truth.languages, seed)
    # Nobody is moved by two transfers: a second one takes of those who are left.
    staying = {person.id: person.unit for person in speaking.people}
    picked: dict[str, frozenset[str]] = {}
    bots: dict[str, tuple[Person, Bot]] = {}
    for name, entry in truth.entries():
        match entry:
            case Wave(unit=unit, leavers=leavers):
                picked[name] = _some(speaking, unit, leavers, seed, name)
            case OptOut(unit=unit, share=share) | Absence(unit=unit, share=share):
                count = round(share * speaking.sizes[unit])
                picked[name] = _some(speaking, unit, count, seed, name)
            case Transfer(source=source, share=share):
                there = sorted(person for person, unit in staying.items() if unit == source)
                count = min(len(there), round(share * speaking.sizes[source]))
                picked[name] = frozenset(stream(seed, name).sample(there, count))
                staying = {p: unit for p, unit in staying.items() if p not in picked[name]}
            case Dominance(team=team):
                first = next(person.id for person in speaking.people if person.unit == team)
                picked[name] = frozenset({first})
            case Bot(team=team):
                bots[name] = (_account(speaking, team, len(bots) + 1, first_day), entry)
            case _:
                continue
    return Cast(speaking, picked, bots)


def _some(
    organisation: Organisation, unit: str, count: int, seed: int, purpose: str
) -> frozenset[str]:
    there = [p.id for p in organisation.people if unit in organisation.lineage(p.unit)]
    return frozenset(stream(seed, purpose).sample(there, count))


def _account(organisation: Organisation, team: str, number: int, first_day: date) -> Person:
    """Speaks as the first of the team does."""
    like = next(person for person in organisation.people if person.unit == team)
    return replace(
        like,
        id=f"b{number:04}",
        identities=(f"demo:chat/b{number:04}",),
        since=first_day - BOT_SINCE,
    )


def _speaking(
    organisation: Organisation, mixes: tuple[LanguageMix, ...], seed: int
) -> Organisation:
    """*organisation* with the languages that are planted."""
    if not mixes:
        return organisation
    people = []
    for person in organisation.people:
        lineage = organisation.lineage(person.unit)
        shares = next((mix.shares for mix in reversed(mixes) if mix.unit in lineage), None)
        people.append(person if shares is None else _with_language(person, shares, seed))
    return Organisation(organisation.units, tuple(people))


def _with_language(person: Person, shares: Mapping[Language, float], seed: int) -> Person:
    """The second language is of those that the unit speaks too; the first one where none is."""
    at, main = chance(seed, "planted language", person.id), next(iter(shares))
    reached = 0.0
    for language, share in shares.items():
        reached += share
        if share and at < reached:
            main = language
            break
    others = [language for language, share in shares.items() if share and language is not main]
    second = max(others, key=lambda language: shares[language]) if others else main
    return replace(person, language=main, second=second)
