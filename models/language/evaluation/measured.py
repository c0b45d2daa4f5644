"""Measures a scorer on what is held out, and on public test sets where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass

import numpy as np

from models.language.corpus import loader, split
from models.language.corpus.loader import Example
from models.language.evaluation import figures
from models.language.evaluation.baseline import WordCounts
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scorer, Scores
from models.language.training import public

_SENTIMENTS = list(Sentiment)
_PUBLIC = (
    ("umsab", Language.EN),
    ("umsab", Language.FR),
    ("semeval2016_absa", Language.NL),
    ("semeval2016_absa", Language.FR),
)


def _cells(values: Iterable[str | float]) -> tuple[str, ...]:
    return tuple(f"{value:.3f}" if isinstance(value, float) else str(value) for value in values)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Figures of one language (or all) on the corpus messages that training never saw."""

    language: str
    texts: int
    sentiment_f1: float
    sentiment_f1_words: float
    sentiment_ece: float
    signals_f1: float
    signals_f1_words: float
    signals_ece: float
    drivers_f1: float
    drivers_ece: float
    language_accuracy: float

    def cells(self) -> tuple[str, ...]:
        """As a table shows it."""
        return _cells(astuple(self))


@dataclass(frozen=True, slots=True)
class Transfer:
    """Sentiment of a public test set: other people's words under other people's guidelines."""

    name: str
    language: str
    texts: int
    majority_f1: float
    words_f1: float
    sentiment_f1: float

    def cells(self) -> tuple[str, ...]:
        """As a table shows it."""
        return _cells(astuple(self))


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured.

    Attributes:
        model: What the scorer calls itself.
        held_out: A row a language, then one for all.
        per_signal: F1 by signal over all languages.
        per_driver: F1 by driver over all languages.
        transfer: A row a public test set; empty where there is none on this machine.
    """

    model: str
    held_out: Sequence[HeldOut]
    per_signal: Mapping[str, float]
    per_driver: Mapping[str, float]
    transfer: Sequence[Transfer]

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def _flags(
    labels: Iterable[Signal] | Iterable[Driver], sets: Iterable[frozenset[Signal | Driver]]
) -> figures.Flags:
    every = list(labels)
    return np.array([[label in one for label in every] for one in sets])


def measure(scorer: Scorer, words: WordCounts) -> Report:
    """Score what is held out and the public test sets, and compare with *words*."""
    examples = [example for example in loader.load() if split.held_out(example.id)]
    texts = [example.text for example in examples]
    scores = scorer.score(texts)
    word_sentiment, word_signals = words.score(texts)
    signals = _flags(Signal, (frozenset(e.signals) for e in examples))
    drivers = _flags(Driver, (frozenset(e.drivers) for e in examples))
    groups: list[tuple[str, list[int]]] = [
        (str(language), [n for n, e in enumerate(examples) if e.language is language])
        for language in Language
    ]
    groups.append(("all", list(range(len(examples)))))
    held_out = [
        _held_out(name, places, examples, scores, word_sentiment, word_signals, signals, drivers)
        for name, places in groups
    ]
    return Report(
        model=scores.model,
        held_out=held_out,
        per_signal={
            str(label): figures.f1(signals[:, n], scores.signals[:, n])
            for n, label in enumerate(Signal)
        },
        per_driver={
            str(label): figures.f1(drivers[:, n], scores.drivers[:, n])
            for n, label in enumerate(Driver)
        },
        transfer=list(_transfers(scorer, words)),
    )


def _held_out(  # noqa: PLR0913, PLR0917 - one row of a table has this many columns
    name: str,
    places: list[int],
    examples: Sequence[Example],
    scores: Scores,
    word_sentiment: figures.Places,
    word_signals: figures.Flags,
    signals: figures.Flags,
    drivers: figures.Flags,
) -> HeldOut:
    truth = np.array([_SENTIMENTS.index(examples[n].sentiment) for n in places])
    p = scores.sentiment_p[places]
    return HeldOut(
        language=name,
        texts=len(places),
        sentiment_f1=figures.macro_f1(truth, p.argmax(axis=1)),
        sentiment_f1_words=figures.macro_f1(truth, word_sentiment[places]),
        sentiment_ece=figures.calibration_error(truth, p),
        signals_f1=figures.macro_f1_labels(signals[places], scores.signals[places]),
        signals_f1_words=figures.macro_f1_labels(signals[places], word_signals[places]),
        signals_ece=figures.calibration_error_labels(signals[places], scores.signals_p[places]),
        drivers_f1=figures.macro_f1_labels(drivers[places], scores.drivers[places]),
        drivers_ece=figures.calibration_error_labels(drivers[places], scores.drivers_p[places]),
        language_accuracy=float(
            np.mean([scores.languages[n] is examples[n].language for n in places])
        ),
    )


def _transfers(scorer: Scorer, words: WordCounts) -> Iterable[Transfer]:
    for name, language in _PUBLIC:
        try:
            rows = [row for row in public.rows(f"{name}/test") if row["lang"] == language]
        except FileNotFoundError:
            continue
        texts = [row["text"] for row in rows]
        truth = np.array([_SENTIMENTS.index(Sentiment(row["label"])) for row in rows])
        majority = np.full(len(rows), np.bincount(truth).argmax())
        found = scorer.score(texts).sentiment_p.argmax(axis=1)
        yield Transfer(
            name=name,
            language=str(language),
            texts=len(rows),
            majority_f1=figures.macro_f1(truth, majority),
            words_f1=figures.macro_f1(truth, words.score(texts)[0]),
            sentiment_f1=figures.macro_f1(truth, found),
        )
