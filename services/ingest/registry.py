"""The directory and the opt-outs in memory, for admission; every change reaches the file first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from typing_extensions import override

from services.ingest import directory_store, opt_outs
from services.ingest.directory import (
    SETTLING_IN,
    Directory,
    PersonKind,
    canonical,
    few_apart,
)
from services.ingest.gateway_database import truncate_log
from services.ingest.redaction import Redactor


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What admission needs of a directory row.  It has no ``repr``: it names somebody.

    Attributes:
        counts_from: First day on which the person counts towards k.
    """

    key: str
    leaf: str
    zone: tzinfo
    counts_from: date
    kind: PersonKind = PersonKind.HUMAN
    opted_out: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class _State:
    directory: Directory
    outs: opt_outs.OptOuts
    people: dict[str, Person]
    redactor: Redactor


class FewApart(Exception):
    """The new chart would single out a few people, and is not in force.

    Attributes:
        pairs: An old unit and a new one each that differ by fewer than k people; never a person.
    """

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{len(pairs)} pairs of units")
        self.pairs = pairs


class Registry:
    """Who people are.  Readers see one state or the next, never half of each.

    No directory comes into force whose chart, beside the one before, singles out fewer than *k*.
    """

    def __init__(self, engine: Engine, k: int) -> None:
        self._engine = engine
        self._k = k
        self._lock = Lock()
        with engine.connect() as connection:
            directory, outs = directory_store.load(connection), opt_outs.load(connection)
        self._state = _State(directory, outs, _people(directory, outs), _redactor(directory))

    @override
    def __repr__(self) -> str:
        """Say how many; never who."""
        return f"Registry({len(self._state.directory.people)})"

    @property
    def directory(self) -> Directory:
        """The directory in force; empty before the first."""
        return self._state.directory

    def find(self, identity: str) -> Person | None:
        """The person behind *identity*."""
        return self._state.people.get(canonical(identity))

    def redact(self, text: str) -> str:
        """*text* without the names of the directory, addresses and numbers."""
        return self._state.redactor.redact(text)

    def replace(self, directory: Directory) -> None:
        """Put *directory* in force.  Takes seconds for 100,000 people: call it in a thread.

        Raises:
            FewApart: its chart singles somebody out; the directory before stays in force.
        """
        with self._lock:
            if pairs := few_apart(self._state.directory, directory, self._k):
                raise FewApart(pairs)
            outs = self._state.outs
            state = _State(directory, outs, _people(directory, outs), _redactor(directory))
            with self._engine.begin() as connection:
                directory_store.save(connection, directory)
            self._state = state
            truncate_log(self._engine)  # who left is nowhere any more

    def opt_out(self, identity: str, *, out: bool) -> Person | None:
        """Keep that the holder of *identity* is *out*, or takes part again; who that is.

        In force on return.  None when the directory does not know the identity (yet): the
        choice is kept all the same.
        """
        with self._lock:
            now = self._state
            with self._engine.begin() as connection:
                opt_outs.record(connection, now.directory, identity, out=out)
                outs = opt_outs.load(connection)
            truncate_log(self._engine)
            people = _people(now.directory, outs)
            self._state = _State(now.directory, outs, people, now.redactor)
        return self.find(identity)


def _people(directory: Directory, outs: opt_outs.OptOuts) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for row in directory.people:
        person = Person(
            key=row.key,
            leaf=directory.leaf(row.unit),
            zone=ZoneInfo(row.time_zone),
            counts_from=row.since + SETTLING_IN,
            kind=row.kind,
            opted_out=outs.cover(row),
        )
        found.update(dict.fromkeys(row.identities, person))
    return found


def _redactor(directory: Directory) -> Redactor:
    return Redactor(person.name for person in directory.people if person.name)
