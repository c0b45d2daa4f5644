"""What people write: the messages of the corpus that no model is trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from models.language.corpus.loader import Example, load
from models.language.corpus.split import held_out
from models.language.labels import Language, Sentiment, Signal


class Theme(StrEnum):
    """What a message says about the work, coarsely enough that every shelf is filled."""

    PLAIN = "plain"
    """No signal."""
    SIGNAL = "signal"
    """Some other signal."""
    STRAIN = "strain"
    """Exhaustion, or wanting to leave."""


_STRAIN: Final = frozenset({Signal.EXHAUSTION, Signal.TURNOVER_INTENT})

Shelf = tuple[Language, Sentiment, Theme]


def theme_of(example: Example) -> Theme:
    """The theme of one message."""
    if example.signals & _STRAIN:
        return Theme.STRAIN
    return Theme.SIGNAL if example.signals else Theme.PLAIN


class Bank:
    """Messages by language, sentiment and theme.

    Args:
        examples: Any; training must not have seen them.

    Raises:
        ValueError: a shelf is empty, so that some message could not be written.
    """

    def __init__(self, examples: Iterable[Example]) -> None:
        shelves: dict[Shelf, list[Example]] = {
            (language, sentiment, theme): []
            for language in Language
            for sentiment in Sentiment
            for theme in Theme
        }
        for example in sorted(examples, key=lambda example: example.id):
            shelves[example.language, example.sentiment, theme_of(example)].append(example)
        if not all(shelves.values()):
            raise ValueError("the bank has no message for some sentiment, theme and language")
        self._shelves: Mapping[Shelf, list[Example]] = shelves

    def __len__(self) -> int:
        return sum(map(len, self._shelves.values()))

    def pick(
        self, language: Language, sentiment: Sentiment, theme: Theme, chance: float
    ) -> Example:
        """The message at *chance* (0 up to 1) of the shelf."""
        shelf = self._shelves[language, sentiment, theme]
        return shelf[int(chance * len(shelf))]


def held_out_bank() -> Bank:
    """The bank of the corpus that ships: its held-out tenth, less what stands in the rest too."""
    return Bank(held_out_examples())


def held_out_examples() -> list[Example]:
    """The corpus's held-out tenth, less what stands in the rest too."""
    corpus = load()
    learned = {_words(example) for example in corpus if not held_out(example.id)}
    return [
        example for example in corpus if held_out(example.id) and _words(example) not in learned
    ]


def _words(example: Example) -> str:
    return " ".join(example.text.casefold().split())
