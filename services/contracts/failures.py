"""Exceptions are instructions to the shell: set the record aside, or wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

Dependency = Literal["broker", "database", "key_store", "policy"]


class Fault(NamedTuple):
    """Where something is wrong and why; never what was there."""

    pointer: str
    code: str


def faults(errors: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Reduce pydantic's errors to pointers and codes.

    The name of an unknown field, and the key of a mapping, is input too: it is cut off.
    """

    def place(error: Mapping[str, Any]) -> str:
        steps = list(error["loc"])
        if error["type"] == "extra_forbidden" or "[key]" in steps:
            steps = steps[:-1] if error["type"] == "extra_forbidden" else steps[:1]
        return "/" + "/".join(map(str, steps))

    return tuple(Fault(place(error), error["type"]) for error in errors)


class Malformed(ValueError):
    """Set aside: no retry can decode it."""

    def __init__(self, record: str, found: tuple[Fault, ...]) -> None:
        super().__init__(f"{record}: {found}")
        self.record = record
        self.faults = found


class Unavailable(Exception):
    """Wait and try again: a dependency does not answer."""

    def __init__(self, dependency: Dependency) -> None:
        super().__init__(dependency)
        self.dependency: Dependency = dependency
