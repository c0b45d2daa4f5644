"""In which languages an organisation writes, and how much of it could not be scored.

Both are told of the whole organisation and of weeks alone, as every share of messages is, and
nothing else that leaves counts messages by language.  So every language that is told, and all the
others together, have k people and no dominant voice; where nobody writes in any other, two at
least are told, and each is the rest of the others.  A part of a set of shares that is safe is
safe, so a policy may list some of them.

What could not be scored belongs to nobody that is known here: its number is public, and its share
tells how many messages there were, of everybody together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio, bounded, stands, together
from models.language.labels import Language

OF_LANGUAGE: Final[Mapping[Language, str]] = {
    language: one.id for language, one in zip(Language, catalogue.LANGUAGES, strict=True)
}
"""The indicator of each language."""


def of_languages(people: Iterable[Mapping[Language, int]], k: int) -> list[Ratio]:
    """The share of messages in each language that may be told, in the order of the languages.

    A person counts for at most ``WEEKLY_BOUND`` messages in each language.

    Args:
        people: Of each person, messages by language in one week.
        k: Fewest people in each share and outside of it.
    """
    counted = bounded(people)
    written = {name: together(counted, {name}).weight for name in Language}
    told = [name for name in Language if stands(counted, {name}, k)]
    while told and not _rest_stands(counted, told, k):
        told.remove(min(told, key=lambda name: (written[name], name)))
    whole = sum(written.values())
    return [Ratio(OF_LANGUAGE[name], written[name], whole) for name in told]


def unscored(lost: int, scored: int) -> Ratio | None:
    """The share of messages that could not be scored; None where none was.

    Args:
        lost: Messages that were set aside.
        scored: Messages that have a value, in whatever language.
    """
    if scored == 0:
        return None
    return Ratio(catalogue.UNSCORED.id, lost, lost + scored)


def _rest_stands(
    people: Sequence[Mapping[Language, int]], told: Collection[Language], k: int
) -> bool:
    rest = set(Language).difference(told)
    return len(told) > 1 if together(people, rest).is_empty else stands(people, rest, k)
