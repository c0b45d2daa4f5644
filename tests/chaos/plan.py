"""What goes wrong and what is sent, drawn from a seed so that a run can be repeated."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle, islice
from typing import Final


class Kind(StrEnum):
    """A fault."""

    KILL = "kill -9"
    FREEZE = "SIGSTOP 15 s"
    BROKER = "broker killed"
    DATABASE = "database away"
    DISK = "disk full"
    WORKER = "worker added, removed"


OTHERS: Final = (Kind.BROKER, Kind.DISK, Kind.DATABASE, Kind.FREEZE, Kind.WORKER)
KILLS_A_FAULT: Final = 2
"""Kills for each fault of another kind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        at_s: When it happens, in seconds after the start.
        kind: What happens.
        victim: To which process; empty where that says itself.
    """

    at_s: float
    kind: Kind
    victim: str = ""


def faults(seed: int, count: int, seconds: float, victims: Sequence[str]) -> list[Fault]:
    """*count* faults over *seconds*: every process is killed in turn, every kind has its turn.

    Example:
        >>> [fault.kind.value for fault in faults(1, 3, 30, ["ingest", "collector"])]
        ['kill -9', 'kill -9', 'broker killed']
    """
    draw = random.Random(seed)  # noqa: S311  no secret
    order = list(victims)
    draw.shuffle(order)
    killed, frozen, others = cycle(order), cycle(reversed(order)), cycle(OTHERS)
    every = seconds / (count + 1)
    found = []
    for number in range(count):
        at = every * (number + 1 + draw.uniform(-0.2, 0.2))
        if number % (KILLS_A_FAULT + 1) < KILLS_A_FAULT:
            found.append(Fault(at, Kind.KILL, next(killed)))
            continue
        kind = next(others)
        found.append(Fault(at, kind, next(frozen) if kind is Kind.FREEZE else ""))
    return found


@dataclass(frozen=True, slots=True)
class Disorder:
    """How unlike its writing a feed arrives.

    Attributes:
        twice: Share of events that come again later.
        again: Share of requests that are sent again, as after an answer that got lost.
        within: Events change places within so many.
    """

    twice: float = 0.02
    again: float = 0.05
    within: int = 200


def arrivals(seed: int, count: int, disorder: Disorder) -> Iterator[int]:
    """The numbers 0 .. *count* - 1 in the order of arrival, some of them twice."""
    draw = random.Random(seed)  # noqa: S311  no secret
    numbers = iter(range(count))
    returning: list[int] = []
    while window := list(islice(numbers, disorder.within)):
        window += returning
        returning = [number for number in window if draw.random() < disorder.twice]
        draw.shuffle(window)
        yield from window
    yield from returning


def requests(
    seed: int, count: int, size: int, disorder: Disorder
) -> Iterator[tuple[list[int], bool]]:
    """What is sent at once, and whether it is sent again at once."""
    draw = random.Random(seed)  # noqa: S311  no secret
    coming = arrivals(seed, count, disorder)
    while batch := list(islice(coming, size)):
        yield batch, draw.random() < disorder.again
