"""Held-out messages sorted by what they carry, so that a share which is planted is a share read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from models.language.corpus.loader import Example
from models.language.labels import Language, Sentiment, Signal

NEAREST: Final[Mapping[Sentiment, tuple[Sentiment, ...]]] = {
    Sentiment.NEGATIVE: (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE),
    Sentiment.NEUTRAL: (Sentiment.NEUTRAL, Sentiment.NEGATIVE, Sentiment.POSITIVE),
    Sentiment.POSITIVE: (Sentiment.POSITIVE, Sentiment.NEUTRAL, Sentiment.NEGATIVE),
}
"""Where no message of a sentiment carries a signal alone, the nearest sentiment that has one."""


class Shelves:
    """Messages by language, sentiment and the one signal that they carry.

    A message with several signals is on no shelf: planting one signal would plant the others.

    Args:
        examples: Any; training must not have seen them.
        ironic: Ids of those that say something bad with words of praise.

    Raises:
        ValueError: something that can be planted could not be written in some language.
    """

    def __init__(self, examples: Iterable[Example], ironic: frozenset[str]) -> None:
        plain: dict[tuple[Language, Sentiment], list[Example]] = defaultdict(list)
        carrying: dict[tuple[Language, Sentiment, Signal], list[Example]] = defaultdict(list)
        irony: dict[Language, list[Example]] = defaultdict(list)
        for example in sorted(examples, key=lambda example: example.id):
            language, sentiment = example.language, example.sentiment
            if example.id in ironic:
                if sentiment is Sentiment.NEGATIVE:
                    irony[language].append(example)
            elif not example.signals:
                plain[language, sentiment].append(example)
            elif len(example.signals) == 1:
                [signal] = example.signals
                carrying[language, sentiment, signal].append(example)
        self._plain, self._irony = plain, irony
        self._carrying = {
            (language, sentiment, signal): next(
                (
                    carrying[language, near, signal]
                    for near in NEAREST[sentiment]
                    if carrying[language, near, signal]
                ),
                [],
            )
            for language in Language
            for sentiment in Sentiment
            for signal in Signal
        }
        complete = all(plain[language, s] for language in Language for s in Sentiment)
        if (
            not complete
            or not all(irony[one] for one in Language)
            or not all(self._carrying.values())
        ):
            raise ValueError("no message for some sentiment, signal or irony in some language")

    def plain(self, language: Language, sentiment: Sentiment, chance: float) -> Example:
        """The message without a signal at *chance* (0 up to 1) of its shelf."""
        return _at(self._plain[language, sentiment], chance)

    def carrying(
        self, language: Language, sentiment: Sentiment, signal: Signal, chance: float
    ) -> Example:
        """The message that carries *signal* alone, of *sentiment* or what is nearest to it."""
        return _at(self._carrying[language, sentiment, signal], chance)

    def ironic(self, language: Language, chance: float) -> Example:
        """The negative message that is said ironically."""
        return _at(self._irony[language], chance)


def _at(shelf: list[Example], chance: float) -> Example:
    return shelf[int(chance * len(shelf))]
