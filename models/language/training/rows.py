"""Gathers what the heads are fitted on: the corpus and, where they are, the public sets."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.language.corpus import loader, split
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.training import public

CORPUS = "corpus"
"""The source that ships with the product."""

ADDITIONS = "corpus additions"
"""What was written for training alone: no figure is ever measured on it."""

REAL = "r-"
"""How the ids of real rows with our labels begin."""

_MASKS = re.compile(r"\[(?:NAME|RELIGION)\]|@user\b|\bhttps?\b\S*")
_LONGEST = 400  # characters: what people post on a feed
_POLARITY = {
    "goemotions_sentiment": (4_500, 0.3),
    "se_sentiment": (900, 0.3),
}
"""Sets with a sentiment alone: how many rows are drawn, alike of each class, and their weight."""

_SURE, _UNSURE = 1.0, 0.5
_RARE = {Language.EN: 1.0, Language.NL: 2.0, Language.FR: 2.0}
"""Real words count for more where there are few of them: 300 rows a language against 2,124."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text to fit on.

    Attributes:
        id: Of the corpus, or the set and its number.
        language: The language.
        text: The text.
        sentiment: Its feeling.
        signals: Its signals; None where nobody labelled them.
        drivers: Its drivers; None likewise.
        weight: How much its label is trusted, times how much of its source is wanted.
        source: ``corpus``, its additions, or the public set.
        emotions: Those of GoEmotions; None where nobody labelled them.
    """

    id: str
    language: Language
    text: str
    sentiment: Sentiment
    signals: frozenset[Signal] | None
    drivers: frozenset[Driver] | None
    weight: float
    source: str
    emotions: frozenset[str] | None = None

    @property
    def corpus(self) -> bool:
        """Whether it is of the corpus that figures are reported on."""
        return self.source == CORPUS

    @property
    def real(self) -> bool:
        """Whether people wrote it at work or of it, and it has our labels."""
        return self.id.startswith(REAL)


def bare(text: str) -> str:
    """*text* without the masks that give its source away.

    Example:
        >>> bare("thanks [NAME], see http ")
        'thanks , see'
    """
    return _MASKS.sub("", text).strip()


def gathered() -> list[Row]:
    """The corpus without what is held out, its additions, and the public sets that are here."""
    rows = [
        Row(e.id, e.language, e.text, e.sentiment, e.signals, e.drivers, 1.0, source)
        for source, examples in (
            (CORPUS, split.training(loader.load())),
            (ADDITIONS, loader.load(loader.GROWN)),
        )
        for e in examples
    ]
    try:
        rows += _relabelled()
        for name, (size, weight) in _POLARITY.items():
            rows += _polarity(name, size, weight)
    except FileNotFoundError:
        pass  # fit on what is there: the caller prints the sources
    return rows


def _relabelled() -> Iterable[Row]:
    """Real words under our own guidelines, each source with the same weight at most."""
    raw = list(public.rows("relabelled/rows"))
    sizes: dict[str, int] = defaultdict(int)
    for row in raw:
        sizes[row["source"]] += 1
    typical = sorted(sizes.values())[len(sizes) // 2]
    for row in raw:
        share = min(1.0, typical / sizes[row["source"]])
        yield Row(
            row["id"],
            Language(row["lang"]),
            bare(row["text"]),
            Sentiment(row["sentiment"]),
            frozenset(map(Signal, row["signals"])),
            frozenset(map(Driver, row["drivers"])),
            share * _RARE[Language(row["lang"])] * (_SURE if row["sure"] else _UNSURE),
            f"relabelled {row['source']}",
        )


def _polarity(name: str, size: int, weight: float) -> Iterable[Row]:
    emotions = _emotions() if name == "goemotions_sentiment" else {}
    classes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(public.rows(f"{name}/train"), key=_drawn):
        if len(row["text"]) < _LONGEST:
            classes[row["label"]].append(row)
    for label, members in classes.items():
        for number, row in enumerate(members[: size // len(classes)]):
            yield Row(
                f"{name}-{label}-{number}",
                Language(row["lang"]),
                bare(row["text"]),
                Sentiment(label),
                None,
                None,
                weight,
                name,
                emotions.get(row["text"]),
            )


def _emotions() -> dict[str, frozenset[str]]:
    """Of each text of GoEmotions."""
    return {row["text"]: frozenset(row["label"]) for row in public.rows("goemotions/train")}


def _drawn(row: dict[str, Any]) -> str:
    """A place in a lottery that depends on the text alone."""
    return hashlib.sha256(row["text"].encode()).hexdigest()


def sources(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows came from where."""
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.source] += 1
    return dict(counts)
