"""Reads the corpus that ships."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from models.language.labels import Driver, Language, Sentiment, Signal

FOLDER = Path(__file__).parent

GROWN = FOLDER / "grown"
"""Additions, for training alone."""


@dataclass(frozen=True, slots=True)
class Example:
    """One synthetic message and what its author expresses.

    Attributes:
        id: Such as ``t-en-0001``; a contrast twin ends in ``-a``, ``-b`` or ``-c``.
        language: The matrix language.
        text: The message.
        sentiment: Its feeling.
        signals: The signals that it carries.
        drivers: What it is about.
    """

    id: str
    language: Language
    text: str
    sentiment: Sentiment
    signals: frozenset[Signal]
    drivers: frozenset[Driver]


def load(folder: Path = FOLDER) -> list[Example]:
    """Every example, in the order of their ids.

    Raises:
        ValueError: a label is on none of the closed lists.
    """
    examples: list[Example] = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            examples.append(
                Example(
                    id=row["id"],
                    language=Language(row["lang"]),
                    text=row["text"],
                    sentiment=Sentiment(row["sentiment"]),
                    signals=frozenset(map(Signal, row["signals"])),
                    drivers=frozenset(map(Driver, row["drivers"])),
                )
            )
    return sorted(examples, key=lambda example: example.id)


def in_category(category: str, folder: Path = FOLDER) -> frozenset[str]:
    """Ids of the examples that are written in one manner, such as ``irony``."""
    rows = (
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    )
    return frozenset(row["id"] for row in rows if row.get("category") == category)
