"""Everything that can be planted in the messages of an organisation, as data.

Units are dotted ids; everybody below one is hit.  Weeks are counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from models.language.labels import Language, Signal


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive weeks: the first, and the first that is no longer one of them."""

    first_week: int
    until: int

    def holds(self, week: int) -> bool:
        """Whether *week* is one of them."""
        return self.first_week <= week < self.until


@dataclass(frozen=True, slots=True)
class Shift:
    """A drop (negative) or rise of the mean valence of a unit's messages, on -1 to 1."""

    unit: str
    span: Span
    by: float


@dataclass(frozen=True, slots=True)
class SignalRise:
    """More of a unit's messages carry one signal: so large a share of them, beside the usual."""

    unit: str
    span: Span
    signal: Signal
    share: float


@dataclass(frozen=True, slots=True)
class Wave:
    """So many people of a unit are about to leave, and write about it for eight weeks."""

    unit: str
    first_week: int
    leavers: int


@dataclass(frozen=True, slots=True)
class Silo:
    """A unit answers itself: only the share *left* of its replies to others is still written."""

    unit: str
    span: Span
    left: float


@dataclass(frozen=True, slots=True)
class GhostTown:
    """A unit falls silent: only the share *left* of its messages is still written."""

    unit: str
    span: Span
    left: float


@dataclass(frozen=True, slots=True)
class Move:
    """A unit, with everybody in it, gets another parent."""

    unit: str
    parent: str
    first_week: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A share of the people of one team belongs to another from some week on."""

    source: str
    target: str
    first_week: int
    share: float


@dataclass(frozen=True, slots=True)
class Dominance:
    """One person of a team drowns out the others.

    Attributes:
        team: Whose first person.
        span: When.
        messages_a_day: On a working day of average length, beside what the person writes anyway.
        by: Added to the valence of everything that person writes.
    """

    team: str
    span: Span
    messages_a_day: float
    by: float


@dataclass(frozen=True, slots=True)
class Holiday:
    """One day (0 is Monday) on which a unit writes only a share of its messages."""

    unit: str
    week: int
    day: int
    left: float


@dataclass(frozen=True, slots=True)
class Absence:
    """A share of the people of a unit is away for whole weeks at a stretch."""

    unit: str
    span: Span
    share: float


@dataclass(frozen=True, slots=True)
class LanguageMix:
    """Share of a unit's people who mostly write in each language; of several the last holds."""

    unit: str
    shares: Mapping[Language, float]


@dataclass(frozen=True, slots=True)
class Bot:
    """An account of a team that writes by itself, every day alike.

    Attributes:
        team: Where it writes.
        messages_a_day: How much.
        marked: Whether its platform says that it is one; else the directory takes it for a person.
    """

    team: str
    messages_a_day: float
    marked: bool


@dataclass(frozen=True, slots=True)
class OptOut:
    """A share of the people of a unit opts out when a week begins; they go on writing."""

    unit: str
    week: int
    share: float


@dataclass(frozen=True, slots=True)
class Late:
    """A share of a unit's messages arrives hours after it was written: out of order or too late."""

    unit: str
    span: Span
    share: float
    hours: int


@dataclass(frozen=True, slots=True)
class Replies:
    """How people answer each other.

    Attributes:
        share: Of all messages, those that answer one.
        outside: Of these, those that answer another team.
        median_minutes: Median of what lies between a message and its answer.
    """

    share: float
    outside: float
    median_minutes: float


@dataclass(frozen=True, slots=True)
class Handling:
    """What platforms do to messages, as shares of all of them.

    Attributes:
        edited: Get other words later.
        deleted: Are taken back later.
        twice: Are sent a second time.
        disordered: Of the edits and deletions, those that are sent before the message itself.
    """

    edited: float
    deleted: float
    twice: float
    disordered: float


USUAL_REPLIES: Final = Replies(share=0.35, outside=0.3, median_minutes=20.0)
"""Ours; as many answers to other teams as at the level of scores."""
USUAL_HANDLING: Final = Handling(edited=0.01, deleted=0.005, twice=0.01, disordered=0.1)
"""As in the demonstration, which has nothing out of order."""

Entry = (
    Shift | SignalRise | Wave | Silo | GhostTown | Move | Transfer | Dominance | Holiday | Absence
    | LanguageMix | Bot | OptOut | Late
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """What is planted; with none of it nothing ever happens."""

    shift: tuple[Shift, ...] = ()
    signal: tuple[SignalRise, ...] = ()
    wave: tuple[Wave, ...] = ()
    silo: tuple[Silo, ...] = ()
    ghost_town: tuple[GhostTown, ...] = ()
    move: tuple[Move, ...] = ()
    transfer: tuple[Transfer, ...] = ()
    dominance: tuple[Dominance, ...] = ()
    holiday: tuple[Holiday, ...] = ()
    absence: tuple[Absence, ...] = ()
    languages: tuple[LanguageMix, ...] = ()
    bot: tuple[Bot, ...] = ()
    opt_out: tuple[OptOut, ...] = ()
    late: tuple[Late, ...] = ()
    irony: Mapping[Language, float] = field(default_factory=dict)
    """Share of the negative messages in each language that say it with words of praise."""
    replies: Replies = USUAL_REPLIES
    handling: Handling = USUAL_HANDLING

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Every entry with its name: ``shift 1``, ``shift 2``, ``wave 1``, as a file has them."""
        for one in fields(self):
            listed = getattr(self, one.name)
            if isinstance(listed, tuple):
                yield from ((f"{one.name} {n}", entry) for n, entry in enumerate(listed, 1))
