"""``barograph drift``: is a feed like what the model was measured on?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Column, Table

from models.language import drift as drifting
from models.language import registry
from models.language.drift import Drift, Verdict
from services.cli import text_lines

FROZEN = 3


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--model", default=None, help="An entry of the registry of models.")
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of models.",
)
@click.option("--threads", type=click.IntRange(min=1), help="Threads; the default is all cores.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def drift(
    *, file: str, model: str | None, weights: Path | None, threads: int | None, as_json: bool
) -> None:
    """Compare the texts of FILE, lines {"id", "text"} or - for stdin, with the training mix.

    For each language: how many texts have no word to read, how lengths and words of the others
    differ, how sure the model is, and what accuracy is expected to fall by. Nothing is stored. The
    exit status is 3 when a language should be frozen, with `frozen_languages` in the policy, and
    the reasons stand beside it; 2 when lines were malformed.
    """
    texts, malformed = [], 0
    with click.open_file(file, "rb") as lines:
        for read in text_lines.read(lines):
            if read.line is None:
                malformed += 1
                click.echo(read.fault, err=True)
            else:
                texts.append(read.line.text)
    if not texts:
        raise click.ClickException("there is no text to compare")
    try:
        scorer = registry.load(model, weights, threads=threads)
    except registry.ModelRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    with Console(stderr=True).status(f"scoring {len(texts)} texts"):
        found = drifting.report(scorer, texts)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=1))
    else:
        Console().print(_table(found))
    if any(one.verdict is Verdict.FROZEN for one in found):
        sys.exit(FROZEN)
    if malformed:
        click.echo(f"{malformed} malformed lines were left out", err=True)
        sys.exit(2)


def _table(found: list[Drift]) -> Table:
    table = Table(
        *("", "texts", "unreadable", "lengths (PSI)", "new words", "confidence", "expected fall"),
        Column("", no_wrap=True),
        caption="in brackets: what is usual",
    )
    for one in found:
        table.add_row(
            str(one.language),
            str(one.texts),
            f"{one.unreadable:.1%} ({one.usual_unreadable:.1%})",
            _told(one.length, ".2f"),
            f"{_told(one.new_words, '.1%')} ({one.usual_new_words:.1%})",
            _told(one.confidence, ".3f"),
            _told(one.fall, "+.3f"),
            "\n".join([one.verdict, *(f"- {reason}" for reason in one.reasons)]),
        )
    return table


def _told(figure: float | None, form: str) -> str:
    return "" if figure is None else format(figure, form)
