"""``make evaluate``: a table for people, JSON for programs, the model card when asked."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from models.language import heads, registry
from models.language.evaluation import card, cross_validation, measured, speed
from models.language.evaluation.baseline import WordCounts
from models.language.evaluation.measured import Report
from models.language.training import folding, rows


@click.command()
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--model", default=None, help="An entry of the registry; else its default.")
@click.option("--weights", type=click.Path(path_type=Path, file_okay=False), default=None)
@click.option(
    "--folds",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Only what the training runs in this folder say of the fold that each left out.",
)
@click.option("--card", "writes_card", is_flag=True, help="Rewrite the model card as well.")
def main(
    *,
    json_path: Path | None,
    model: str | None,
    weights: Path | None,
    folds: Path | None,
    writes_card: bool,
) -> None:
    """Measure a model on what training never saw."""
    console = Console()
    if folds is not None:
        _print_folds(console, folds)
        return
    started = time.monotonic()
    with console.status("fitting the word-count baseline"):
        gathered = rows.gathered()
        words = WordCounts(gathered)
    try:
        scorer = registry.load(model, weights)
    except registry.ModelRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    with console.status("scoring what is held out"):
        report = measured.measure(scorer, words)
    rate = speed.messages_a_second(scorer)
    _print(console, report)
    console.print(f"{rate:.0f} messages a second in batches on this machine")
    console.print(f"measured in {time.monotonic() - started:.0f} s")
    if json_path is not None:
        json_path.write_text(json.dumps(report.as_json() | {"messages_a_second": rate}, indent=1))
    if writes_card:
        card.PATH.write_text(
            card.written(report, heads.sources(registry.FOLDER / "heads.safetensors"), rate),
            "utf-8",
        )


def _print_folds(console: Console, folder: Path) -> None:
    try:
        known, logits = folding.load(folder, rows.gathered())
    except folding.FoldsInvalid as fault:
        raise click.ClickException(str(fault)) from None
    for kind, lines in cross_validation.figures_of(known, logits).items():
        table = _table(
            f"Cross-validated on {kind} messages: macro-F1 (95 % interval), ECE, mix-ups",
            "texts",
            *("sentiment", "signals", "drivers"),
            *("ECE", "ECE", "ECE"),
            *("mobility for turnover", "the reverse"),
        )
        for line in lines:
            table.add_row(*line.cells())
        console.print(table)


def _print(console: Console, report: Report) -> None:
    table = _table(
        f"{report.model} on the held-out tenth of the synthetic corpus: macro-F1, ECE",
        "texts",
        "sentiment",
        "words",
        "ECE",
        "signals",
        "words",
        "ECE",
        "drivers",
        "ECE",
        "lang",
    )
    for row in report.held_out:
        table.add_row(*row.cells())
    console.print(table)
    for title, labels in (("signal", report.per_signal), ("driver", report.per_driver)):
        by_label = _table(f"F1 by {title}", "F1")
        for name, value in labels.items():
            by_label.add_row(name, f"{value:.3f}")
        console.print(by_label)
    if not report.transfer:
        console.print("public test sets: skipped, their folder is not on this machine")
        return
    transfer = _table("Sentiment F1 on public test sets", "", "texts", "majority", "words", "model")
    for line in report.transfer:
        transfer.add_row(*line.cells())
    console.print(transfer)


def _table(title: str, *columns: str) -> Table:
    table = Table("", title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, justify="right")
    return table


if __name__ == "__main__":
    main()
