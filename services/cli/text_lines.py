"""Lines of a file that each hold an id and a text, and what to say of those that do not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextLine:
    """What a line says."""

    id: str | int
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """One line: what it says, or that it says nothing."""

    number: int
    line: TextLine | None

    @property
    def fault(self) -> str:
        """What to tell of a line that says nothing; it never quotes it."""
        return f'line {self.number}: not an object with an "id" and a "text"'


def read(lines: Iterable[bytes]) -> Iterator[Read]:
    """Each line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield Read(number, _decoded(line))


def _decoded(line: bytes) -> TextLine | None:
    try:
        row = json.loads(line)
    # The message of an error quotes the text: it goes no further.
    except (ValueError, RecursionError):
        return None
    match row:
        case {"id": str() | int() as identifier, "text": str() as text}:
            return TextLine(identifier, text)
    return None
