"""In which languages an organisation writes, and how much of it could not be scored.

Both are told of the whole organisation and of weeks alone, and nothing else that leaves counts
messages by language: there is no part to subtract from the whole and no week from four.  What a
share can still give away is its own rest.  So every language that is told, and all the others
together, have k people and no dominant voice; where languages are told that nobody writes in
beside, there are two at least, and each is the rest of the other.  A part of a set of shares that
is safe is safe, so a policy may list some of them.

What could not be scored belongs to nobody that is known here: its number is public, and its share
tells how many messages there were, of everybody together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from models.climate import catalogue
from models.climate.cell import LEAST_MESSAGES, WEEKLY_BOUND, Cell
from models.climate.disclosure.thresholds import Primary, primary
from models.climate.windows import Cadence
from models.language.labels import Language

OF_LANGUAGE: Final[Mapping[Language, str]] = {
    language: one.id for language, one in zip(Language, catalogue.LANGUAGES, strict=True)
}
"""The indicator of each language."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share of the messages of the whole organisation in one week.

    Attributes:
        indicator: What it is.
        part: Messages in the share.
        whole: All of them; never 0.
    """

    indicator: str
    part: int
    whole: int

    @property
    def share(self) -> Fraction:
        """From 0 to 1, exact."""
        return Fraction(self.part, self.whole)


def of_languages(people: Iterable[Mapping[Language, int]], k: int) -> list[Ratio]:
    """The share of messages in each language that may be told, in the order of the languages.

    A person counts for at most ``WEEKLY_BOUND`` messages in each language.

    Args:
        people: Of each person, messages by language in one week.
        k: Fewest people in each share and outside of it.
    """
    bounded = [{name: min(n, WEEKLY_BOUND) for name, n in one.items()} for one in people]
    written = {name: sum(one.get(name, 0) for one in bounded) for name in Language}
    told = [name for name in Language if _stands(bounded, {name}, k)]
    while told and not _rest_stands(bounded, told, k):
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
    people: Iterable[Mapping[Language, int]], told: Collection[Language], k: int
) -> bool:
    rest = _together(people, set(Language).difference(told))
    return len(told) > 1 if rest.is_empty else primary(rest, k=k) is Primary.PASSES


def _stands(people: Iterable[Mapping[Language, int]], names: Collection[Language], k: int) -> bool:
    return primary(_together(people, names), k=k) is Primary.PASSES


def _together(people: Iterable[Mapping[Language, int]], names: Collection[Language]) -> Cell:
    """Messages in any of the languages *names*, as a cell: its weights are messages."""
    found = Cell()
    for one in people:
        messages = sum(one.get(name, 0) for name in names)
        found += Cell(
            messages=messages,
            contributors=int(messages >= LEAST_MESSAGES[Cadence.WEEK]),
            weight=messages,
            heaviest=(messages, 0),
        )
    return found
