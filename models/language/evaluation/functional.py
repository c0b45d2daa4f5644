"""The functional suite: short messages, each of which asks one thing of a model.

After Ribeiro et al. 2020, "Beyond accuracy: behavioral testing of NLP models with CheckList",
ACL 2020.  The cases lie in ``suites/functional_<language>.tsv``; whoever misses one adds a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.language.labels import Language, Sentiment, Signal
from models.language.scorer import Scorer, Scores

FOLDER = Path(__file__).with_name("suites")
COLUMNS = ["cell", "expects", "text"]
ALL = "all"
"""The line of the total: no cell has this name."""

_SENTIMENTS = list(Sentiment)
_SIGNALS = list(Signal)


class SuiteInvalid(Exception):
    """A line of a suite cannot be read."""


@dataclass(frozen=True, slots=True)
class Case:
    """One message and what a model should make of it.

    Attributes:
        cell: What is tried, such as ``negation``.
        text: The message.
        sentiment: Its feeling; None where that is not asked.
        carries: Signals that should be found.
        lacks: Signals that should not be found.
    """

    cell: str
    text: str
    sentiment: Sentiment | None
    carries: frozenset[Signal]
    lacks: frozenset[Signal]

    def passed(self, scores: Scores, row: int) -> bool:
        """Whether *row* of *scores* is as expected."""
        found = {signal for place, signal in enumerate(_SIGNALS) if scores.signals[row, place]}
        likeliest = _SENTIMENTS[int(scores.sentiment_p[row].argmax())]
        return (
            self.sentiment in {None, likeliest} and self.carries <= found and not self.lacks & found
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """How a model did.

    Attributes:
        name: The cell, or ``all``.
        cases: How many.
        passed: How many were as expected.
    """

    name: str
    cases: int
    passed: int

    @property
    def share(self) -> float:
        """Of the cases that passed."""
        return self.passed / self.cases


def cases(language: Language, folder: Path = FOLDER) -> list[Case]:
    """The cases of *language*.

    Raises:
        SuiteInvalid: there is no suite, or a line is not a cell, what is expected and a text.
    """
    path = folder / f"functional_{language}.tsv"
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise SuiteInvalid(f"{path.name} cannot be read as UTF-8") from None
    if lines[0].split("\t") != COLUMNS:
        raise SuiteInvalid(f"{path.name}, line 1 does not name the columns {', '.join(COLUMNS)}")
    found = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        try:
            cell, expects, text = line.split("\t")
            found.append(_case(cell, expects.split(), text))
        except ValueError:
            raise SuiteInvalid(f"{path.name}, line {number} is no case") from None
    if not found:
        raise SuiteInvalid(f"{path.name} has no cases")
    return found


def _case(cell: str, expects: Sequence[str], text: str) -> Case:
    """Each of *expects* is a sentiment, or a signal with ``+`` or ``-`` before it."""
    feelings = [Sentiment(one) for one in expects if one[0] not in "+-"]
    if cell in {"", ALL} or not expects or len(feelings) > 1 or not text.strip():
        raise ValueError
    return Case(
        cell=cell,
        text=text,
        sentiment=feelings[0] if feelings else None,
        carries=frozenset(Signal(one[1:]) for one in expects if one[0] == "+"),
        lacks=frozenset(Signal(one[1:]) for one in expects if one[0] == "-"),
    )


def measured(scorer: Scorer, tried: Sequence[Case]) -> list[Cell]:
    """A line a cell, in their order, then one for all of *tried*."""
    scores = scorer.score([case.text for case in tried])
    outcomes = [(case.cell, case.passed(scores, row)) for row, case in enumerate(tried)]
    names = [*dict.fromkeys(cell for cell, _ in outcomes), ALL]
    by_name = {name: [passed for cell, passed in outcomes if name in {cell, ALL}] for name in names}
    return [Cell(name, len(own), sum(own)) for name, own in by_name.items()]
