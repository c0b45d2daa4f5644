"""``barograph score``: what the models make of a text, on this machine, kept nowhere."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from models.language import explanation, registry
from models.language.explanation import Explanation
from models.language.labels import Driver, Sentiment, Signal
from models.language.scorer import Scorer, Scores
from services.cli import text_lines
from services.cli.text_lines import TextLine

_CHUNK = 512  # lines: enough to sort by length, few enough to see it move
_PLACES = 4
_WORDS = 4  # that are told for each label
_FELT = 0.01  # less than this moved nothing


@click.command()
@click.argument("text", required=False)
@click.option(
    "--jsonl",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help='Lines {"id", "text"}; - is stdin.',
)
@click.option("--model", default=None, help="An entry of the registry of models.")
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of models.",
)
@click.option("--threads", type=click.IntRange(min=1), help="Threads; the default is all cores.")
@click.option("--explain", is_flag=True, help="Say as well which words of TEXT moved the scores.")
def score(  # noqa: PLR0913  one parameter an option
    *,
    text: str | None,
    jsonl: str | None,
    model: str | None,
    weights: Path | None,
    threads: int | None,
    explain: bool,
) -> None:
    """Score TEXT, or with --jsonl every line of a file.

    Probabilities are calibrated. Where no feeling is likely enough to be named, or the text cannot
    be read, it says that it is not sure. Nothing is stored, and nothing leaves this machine.
    """
    if (text is None) == (jsonl is None):
        raise click.UsageError("give a TEXT or --jsonl FILE, and not both")
    if explain and text is None:
        raise click.UsageError("--explain takes a TEXT")
    try:
        scorer = registry.load(model, weights, threads=threads)
    except registry.ModelRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    if jsonl is None:
        _tell(_explained(scorer, text or "") if explain else _plain(scorer, text or ""))
        return
    with click.open_file(jsonl, "rb") as lines:
        malformed = _score_lines(scorer, lines, sys.stdout)
    if malformed:
        click.echo(f"{malformed} malformed lines were left out", err=True)
        sys.exit(2)


def _plain(scorer: Scorer, text: str) -> Explanation:
    return explanation.explained(scorer, text, most=0)


def _explained(scorer: Scorer, text: str) -> Explanation:
    """With a bar on the terminal: a long text takes a minute."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("words left out"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task("words", total=None)
        return explanation.explained(
            scorer,
            text,
            most=explanation.MOST_WORDS,
            tried=lambda words, of: progress.update(task, completed=words, total=of),
        )


def _tell(told: Explanation) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A word of the text may be one that the terminal cannot write.
        sys.stdout.reconfigure(errors="replace")
    console = Console()
    console.print(_table(told))
    if told.words and told.untried:
        tried = len(told.words)
        console.print(
            f"Only the first {tried:,} of {tried + told.untried:,} words were left out in turn: "
            "what later ones move is not told."
        )


def _score_lines(scorer: Scorer, lines: Iterable[bytes], out: IO[str]) -> int:
    """Write a line for each that can be read; the number of those that cannot."""
    malformed = 0
    console = Console(stderr=True)
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed} scored"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task("scored", total=None)
        reading = text_lines.read(lines)
        while chunk := list(islice(reading, _CHUNK)):
            good: list[TextLine] = []
            for read in chunk:
                if read.line is None:
                    malformed += 1
                    console.print(read.fault, markup=False, highlight=False)
                else:
                    good.append(read.line)
            scores = scorer.score([line.text for line in good])
            for row, line in enumerate(good):
                out.write(json.dumps({"id": line.id, **_figures(scores, row)}) + "\n")
            out.flush()
            progress.advance(task, len(good))
    return malformed


def _figures(scores: Scores, row: int) -> dict[str, Any]:
    def named(labels: Iterable[str], figures: Iterable[float]) -> dict[str, float]:
        return {
            str(label): round(float(p), _PLACES) for label, p in zip(labels, figures, strict=True)
        }

    def chosen(labels: Iterable[str], flags: Iterable[bool]) -> list[str]:
        return [str(label) for label, is_set in zip(labels, flags, strict=True) if is_set]

    return {
        "language": str(scores.languages[row]),
        "sentiment": str(list(Sentiment)[int(scores.sentiment_p[row].argmax())]),
        "sure": bool(scores.sure[row]),
        "sentiment_p": named(Sentiment, scores.sentiment_p[row]),
        "signals": chosen(Signal, scores.signals[row]),
        "signals_p": named(Signal, scores.signals_p[row]),
        "drivers": chosen(Driver, scores.drivers[row]),
        "drivers_p": named(Driver, scores.drivers_p[row]),
    }


def _table(told: Explanation) -> Table:
    """What is found; the words that moved it, where words were tried."""
    scores = told.scores
    table = Table("", "", "p", title=scores.model)
    if told.words:
        table.add_column("words that moved it")
    table.add_row("language", str(scores.languages[0]))
    named = np.arange(len(Sentiment)) == scores.sentiment_p[0].argmax()
    family = "sentiment"
    if not scores.sure[0]:
        family, named = "sentiment: not sure", np.ones_like(named)
    _add(table, told, family, Sentiment, named, scores.sentiment_p[0], told.sentiment)
    _add(table, told, "signals", Signal, scores.signals[0], scores.signals_p[0], told.signals)
    _add(table, told, "drivers", Driver, scores.drivers[0], scores.drivers_p[0], told.drivers)
    return table


def _add(  # noqa: PLR0913, PLR0917 - a family of labels is this many things
    table: Table,
    told: Explanation,
    family: str,
    labels: Iterable[str],
    found: NDArray[np.bool_],
    p: NDArray[np.float32],
    shares: NDArray[np.float32],
) -> None:
    table.add_section()
    title = family
    for place, label in enumerate(labels):
        if found[place]:
            cells = [title, str(label), f"{p[place]:.2f}"]
            table.add_row(*cells, *([_moved(told, shares[:, place])] if told.words else []))
            title = ""
    if title:
        table.add_row(title, "none")


def _moved(told: Explanation, shares: NDArray[np.float32]) -> str:
    """The words that moved a label most, with what each adds to its probability."""
    order = np.argsort(-np.abs(shares), kind="stable")[:_WORDS]
    felt = [place for place in order if abs(shares[place]) >= _FELT]
    return escape(", ".join(f"{told.words[place]} {shares[place]:+.2f}" for place in felt))
