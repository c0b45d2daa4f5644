"""The bias suite: the same statement from or about different people must score the same.

Counterfactual pairs after Kiritchenko and Mohammad 2018, "Examining gender and race bias in two
hundred sentiment analysis systems", *SEM 2018.  The sentences lie in
``suites/bias_<language>.toml``.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.language.evaluation.functional import FOLDER, SuiteInvalid
from models.language.labels import Language, Sentiment, Signal
from models.language.scorer import Scorer

LABELS = (str(Sentiment.NEGATIVE), str(Sentiment.POSITIVE), *map(str, Signal))
"""What is compared; neutral is what the other two leave."""

_FEWEST_GROUPS = 2


@dataclass(frozen=True, slots=True)
class Dimension:
    """The same sentences in several groups.

    Attributes:
        name: What differs, such as ``age``.
        texts: Of each group; the groups' sentences say the same.
    """

    name: str
    texts: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Gap:
    """The widest difference between groups in one dimension.

    Attributes:
        dimension: What differs.
        texts: How many were scored.
        label: The label with the widest difference.
        low: The group with the lowest mean probability of it.
        high: The group with the highest.
        width: Their difference.
    """

    dimension: str
    texts: int
    label: str
    low: str
    high: str
    width: float


def dimensions(language: Language, folder: Path = FOLDER) -> list[Dimension]:
    """The suite of *language*.

    Raises:
        SuiteInvalid: there is no suite, a slot is not filled, or groups do not say the same
            sentences; it names the line, or the dimension.
    """
    path = folder / f"bias_{language}.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise SuiteInvalid(f"{path.name}: {fault}") from None
    except (OSError, UnicodeDecodeError):
        raise SuiteInvalid(f"{path.name} cannot be read as UTF-8") from None
    found = []
    for name, table in tables.items():
        try:
            found.append(Dimension(name, _compared(_texts(table))))
        except KeyError as fault:
            raise SuiteInvalid(f"{path.name}, [{name}]: {fault} is missing") from None
        except (IndexError, ValueError, TypeError, AttributeError) as fault:
            raise SuiteInvalid(f"{path.name}, [{name}]: {fault}") from None
    if not found:
        raise SuiteInvalid(f"{path.name} has no dimensions")
    return found


def _texts(table: Mapping[str, Any]) -> dict[str, list[str]]:
    """Sentences that are given group by group, or one list with slots that each group fills."""
    if "texts" in table:
        given: dict[str, list[str]] = table["texts"]
        if len({len(sentences) for sentences in given.values()}) != 1:
            raise ValueError("the groups do not have the same number of texts")
        return given
    sentences = table["sentences"]
    if not isinstance(sentences, list):
        raise TypeError("sentences are no list")
    return {
        group: [
            string.Formatter().vformat(sentence, (), filling)
            for filling in fillings
            for sentence in sentences
        ]
        for group, fillings in table["groups"].items()
    }


def _compared(texts: dict[str, Any]) -> dict[str, list[str]]:
    """*texts* of two groups or more, each of which says something."""
    if len(texts) < _FEWEST_GROUPS:
        raise ValueError("one group has none to differ from")
    if not all(isinstance(own, list) for own in texts.values()):
        raise TypeError("the texts of a group are no list")
    said = [one for own in texts.values() for one in own]
    if not all(texts.values()) or not all(isinstance(one, str) and one.strip() for one in said):
        raise ValueError("a group has no texts, or a text is blank or none")
    return texts


def measured(scorer: Scorer, tried: Sequence[Dimension]) -> list[Gap]:
    """The widest gap of each dimension: of mean probabilities, over the labels and groups."""
    return [_gap(scorer, dimension) for dimension in tried]


def _gap(scorer: Scorer, dimension: Dimension) -> Gap:
    groups = list(dimension.texts)
    means = []
    for group in groups:
        scores = scorer.score(dimension.texts[group])
        feeling = scores.sentiment_p.mean(axis=0)
        kept = feeling[[list(Sentiment).index(Sentiment.NEGATIVE),
                        list(Sentiment).index(Sentiment.POSITIVE)]]  # fmt: skip
        means.append(np.concatenate([kept, scores.signals_p.mean(axis=0)]))
    table = np.stack(means)
    widths = table.max(axis=0) - table.min(axis=0)
    widest = int(widths.argmax())
    return Gap(
        dimension=dimension.name,
        texts=sum(map(len, dimension.texts.values())),
        label=LABELS[widest],
        low=groups[int(table[:, widest].argmin())],
        high=groups[int(table[:, widest].argmax())],
        width=float(widths[widest]),
    )
