"""Measures a scorer on what is held out, and beside its rivals on public test sets too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.metrics import (  # type: ignore[import-untyped] # ships no types
    average_precision_score,
)

from models.language import figures
from models.language.corpus import loader, split
from models.language.corpus.loader import Example
from models.language.evaluation import abstention, baseline, confusion, intervals
from models.language.evaluation.abstention import Abstention
from models.language.evaluation.confusion import Confusion
from models.language.evaluation.intervals import Interval
from models.language.evaluation.rivals import Rival, Said
from models.language.figures import Flags
from models.language.heads import Array
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scorer, Scores
from models.language.training import public

ALL, MAJORITY, AT_HOME = "all", "majority", "words at home"
_SENTIMENTS = list(Sentiment)
_FAMILIES: Mapping[str, Sequence[str]] = {
    "sentiment": tuple(Sentiment),
    "signals": tuple(Signal),
    "drivers": tuple(Driver),
}
_PUBLIC = (
    ("umsab", Language.EN),
    ("umsab", Language.FR),
    ("semeval2016_absa", Language.NL),
    ("semeval2016_absa", Language.FR),
)


@dataclass(frozen=True, slots=True)
class Head:
    """One family of labels in one language.

    Attributes:
        language: Its code, or ``all``.
        family: ``sentiment``, ``signals`` or ``drivers``.
        f1: Macro-F1.
        average_precision: Mean over the labels that occur.
        ece: Expected calibration error; of several labels their mean.
    """

    language: str
    family: str
    f1: Interval
    average_precision: float
    ece: float


@dataclass(frozen=True, slots=True)
class Label:
    """One label in one language: how often it is right, and how well it ranks."""

    language: str
    label: str
    texts: int
    f1: float
    average_precision: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Macro-F1 of each who was asked, and of the feeling that most of these texts have.

    None from whoever does not know the labels.  On public sets also of word counts that learnt
    from four fifths of the set itself.
    """

    what: str
    language: str
    texts: int
    f1: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured.

    Attributes:
        model: What the scorer calls itself.
        texts: How many were held out, by language and in all.
        language_accuracy: Share whose language was recognised, likewise.
        heads: A row a language and family.
        labels: A row a language and label.
        confusion: Of each language the texts of each feeling (rows) by what was said (columns).
        abstention: Of feelings, how many are named and how many rightly, by language and in all.
        confusions: A row a language and signal or driver.
        beside: Held-out texts, a row a language and family.
        transfer: Sentiment of public test sets, other people's words under other people's
            guidelines; empty where they are not on this machine.
    """

    model: str
    texts: Mapping[str, int]
    language_accuracy: Mapping[str, float]
    heads: Sequence[Head]
    labels: Sequence[Label]
    confusion: Mapping[str, Sequence[Sequence[int]]]
    abstention: Mapping[str, Abstention]
    confusions: Sequence[Confusion]
    beside: Sequence[Beside]
    transfer: Sequence[Beside]

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Texts with labels: of each family a truth of shape ``(n, labels)``."""

    texts: Sequence[str]
    languages: Sequence[Language]
    truth: Mapping[str, Flags]
    groups: Sequence[str]

    def places(self) -> Iterator[tuple[str, list[int]]]:
        """Of each language, then of all."""
        for language in Language:
            yield str(language), [n for n, one in enumerate(self.languages) if one is language]
        yield ALL, list(range(len(self.texts)))


def measure(scorer: Scorer, rivals: Mapping[str, Rival]) -> Report:
    """Score what is held out and the public test sets.

    Args:
        scorer: Who is measured.
        rivals: Who is asked the same, by name; the scorer may be among them.
    """
    sample = _held_out([e for e in loader.load() if split.held_out(e.id)])
    scores = scorer.score(sample.texts)
    heads, labels, confusions, feelings, texts, accuracy, named = [], [], [], {}, {}, {}, {}
    for language, places in sample.places():
        texts[language] = len(places)
        accuracy[language] = float(
            np.mean([scores.languages[n] is sample.languages[n] for n in places])
        )
        feelings[language] = _confusion(sample.truth["sentiment"][places], scores, places)
        named[language] = abstention.measured(
            sample.truth["sentiment"][places].argmax(axis=1),
            scores.sentiment_p[places],
            scores.sure[places],
        )
        for family, names in _FAMILIES.items():
            truth, p, found = sample.truth[family][places], *_said(scores, family, places)
            groups = [sample.groups[n] for n in places]
            own = [
                Label(
                    language=language,
                    label=name,
                    texts=int(truth[:, n].sum()),
                    f1=figures.f1(truth[:, n], found[:, n]),
                    average_precision=float(average_precision_score(truth[:, n], p[:, n])),
                )
                for n, name in enumerate(names)
                if truth[:, n].any()
            ]
            labels += own
            if family != "sentiment":
                confusions += confusion.counted(language, names, truth, found)
            heads.append(
                Head(
                    language=language,
                    family=family,
                    f1=intervals.macro_f1(truth, found, groups),
                    average_precision=float(np.mean([one.average_precision for one in own])),
                    ece=figures.calibration_error(truth.argmax(axis=1), p)
                    if family == "sentiment"
                    else figures.calibration_error_labels(truth, p),
                )
            )
    return Report(
        model=scores.model,
        texts=texts,
        language_accuracy=accuracy,
        heads=heads,
        labels=labels,
        confusion=feelings,
        confusions=confusions,
        abstention=named,
        beside=list(_beside(sample, rivals)),
        transfer=list(_transfers(rivals)),
    )


def _held_out(examples: Sequence[Example]) -> _Sample:
    def flags(labels: Sequence[str], sets: Sequence[frozenset[str]]) -> Flags:
        return np.array([[label in one for label in labels] for one in sets])

    return _Sample(
        texts=[e.text for e in examples],
        languages=[e.language for e in examples],
        truth={
            "sentiment": flags(tuple(Sentiment), [frozenset({e.sentiment}) for e in examples]),
            "signals": flags(tuple(Signal), [e.signals for e in examples]),
            "drivers": flags(tuple(Driver), [e.drivers for e in examples]),
        },
        groups=[split.group(e.id) for e in examples],
    )


def _said(scores: Scores, family: str, places: list[int]) -> tuple[Array, Flags]:
    """Probabilities and labels of one family, both of shape ``(n, labels)``."""
    if family == "signals":
        return scores.signals_p[places], scores.signals[places]
    if family == "drivers":
        return scores.drivers_p[places], scores.drivers[places]
    p = scores.sentiment_p[places]
    return p, _one_hot(p.argmax(axis=1))


def _one_hot(feelings: figures.Places) -> Flags:
    return np.eye(len(Sentiment), dtype=np.bool_)[feelings]


def _confusion(truth: Flags, scores: Scores, places: list[int]) -> list[list[int]]:
    found = _one_hot(scores.sentiment_p[places].argmax(axis=1))
    table: list[list[int]] = (truth.T.astype(int) @ found.astype(int)).tolist()
    return table


def _beside(sample: _Sample, rivals: Mapping[str, Rival]) -> Iterator[Beside]:
    answers = {name: rival(sample.texts, sample.languages) for name, rival in rivals.items()}
    for family in _FAMILIES:
        for language, places in sample.places():
            truth = sample.truth[family][places]
            yield Beside(
                what=family,
                language=language,
                texts=len(places),
                f1={
                    MAJORITY: _constant(truth) if family == "sentiment" else None,
                    **{name: _f1(truth, said, family, places) for name, said in answers.items()},
                },
            )


def _constant(truth: Flags) -> float:
    """Of whoever always says what most texts are."""
    found = np.zeros_like(truth)
    found[:, truth.sum(axis=0).argmax()] = True
    return figures.macro_f1_labels(truth, found)


def _f1(truth: Flags, said: Said, family: str, places: list[int]) -> float | None:
    found = _one_hot(said.sentiment) if family == "sentiment" else getattr(said, family)
    return None if found is None else figures.macro_f1_labels(truth, found[places])


def _transfers(rivals: Mapping[str, Rival]) -> Iterator[Beside]:
    for name, language in _PUBLIC:
        try:
            rows = [row for row in public.rows(f"{name}/test") if row["lang"] == language]
        except FileNotFoundError:
            continue
        texts, languages = [row["text"] for row in rows], [language] * len(rows)
        feelings = np.array([_SENTIMENTS.index(Sentiment(row["label"])) for row in rows])
        truth = _one_hot(feelings)
        yield Beside(
            what=name,
            language=str(language),
            texts=len(rows),
            f1={
                MAJORITY: _constant(truth),
                AT_HOME: figures.macro_f1_labels(
                    truth, _one_hot(baseline.at_home(texts, feelings))
                ),
                **{
                    rival: figures.macro_f1_labels(truth, _one_hot(ask(texts, languages).sentiment))
                    for rival, ask in rivals.items()
                },
            },
        )
