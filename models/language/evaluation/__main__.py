"""``make evaluate``: a table for people, JSON for programs, the model card when asked."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from models.language import registry
from models.language.evaluation import (
    bias,
    card,
    cross_validation,
    functional,
    measured,
    printing,
    rivals,
    speed,
)
from models.language.evaluation.baseline import WordCounts
from models.language.evaluation.cross_validation import Figures
from models.language.labels import Language
from models.language.registry import Runs
from models.language.training import folding, rows

FROZEN = "frozen"
"""The entry of the encoder as it is, with fitted heads: what fine-tuning has to beat."""


@click.command()
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--model", default=None, help="An entry of the registry; else its default.")
@click.option(
    "--weights", type=click.Path(path_type=Path, file_okay=False, exists=True), default=None
)
@click.option(
    "--engine",
    type=click.Choice(list(map(str, Runs))),
    default=str(Runs.TORCH),
    show_default=True,
    help="What multiplies.",
)
@click.option(
    "--folds",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Only what the training runs in this folder say of the fold that each left out.",
)
@click.option(
    "--partial", is_flag=True, help="Take fewer than the five folds with --folds, to try it."
)
@click.option(
    "--card", "writes_card", is_flag=True, help="Rewrite the card of the default as well."
)
def main(  # noqa: PLR0913  one parameter an option
    *,
    json_path: Path | None,
    model: str | None,
    weights: Path | None,
    engine: str,
    folds: Path | None,
    partial: bool,
    writes_card: bool,
) -> None:
    """Measure a model on what training never saw."""
    if writes_card and any(one is not None for one in (model, weights, folds)):
        raise click.UsageError("--card is of the default, without --model, --weights and --folds")
    if partial and folds is None:
        raise click.UsageError("--partial goes with --folds")
    console = Console()
    try:
        cases = {one: functional.cases(one, functional.FOLDER) for one in Language}
        dimensions = {one: bias.dimensions(one, functional.FOLDER) for one in Language}
    except functional.SuiteInvalid as fault:
        raise click.ClickException(str(fault)) from None
    folded: Mapping[str, Sequence[Figures]] = {}
    shipped = model is None and weights is None and (registry.FOLDER / folding.FILE).exists()
    if folds is not None or shipped:
        try:
            known, logits = folding.load(folds or registry.FOLDER, rows.gathered(), partial=partial)
        except folding.FoldsInvalid as fault:
            raise click.ClickException(str(fault)) from None
        folded = cross_validation.figures_of(known, logits)
        printing.folds(console, folded)
    if folds is not None:
        return
    started = time.monotonic()
    try:
        scorer = registry.load(model, weights, engine=Runs(engine))
        frozen = registry.load(FROZEN)
        origin, size = registry.origin() if writes_card else (None, 0)
    except registry.ModelRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    with console.status("fitting the word-count baseline"):
        counts = WordCounts(rows.gathered())
    asked = {
        "lexicon": rivals.lexicons(),
        "words": rivals.words(counts),
        "frozen": rivals.model(frozen),
        "model": rivals.model(scorer),
    }
    with console.status("scoring what is held out"):
        report = measured.measure(scorer, asked)
    with console.status("scoring the suites"):
        cells = {one: functional.measured(scorer, own) for one, own in cases.items()}
        gaps = {one: bias.measured(scorer, own) for one, own in dimensions.items()}
    rate = speed.messages_a_second(scorer)
    printing.report(console, report)
    printing.functional(console, cells)
    printing.bias(console, gaps)
    console.print(f"{rate:.0f} messages a second in batches on this machine")
    console.print(f"measured in {time.monotonic() - started:.0f} s")
    if json_path is not None:
        suites = {
            "functional": {one: [asdict(cell) for cell in own] for one, own in cells.items()},
            "bias": {one: [asdict(gap) for gap in own] for one, own in gaps.items()},
        }
        folds_json = {kind: [asdict(line) for line in lines] for kind, lines in folded.items()}
        figures = report.as_json() | suites | {"folds": folds_json, "messages_a_second": rate}
        json_path.write_text(json.dumps(figures, indent=1))
    if origin is not None:
        text = card.written(
            report, cells=cells, gaps=gaps, folds=folded, origin=origin, size=size, rate=rate
        )
        card.PATH.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
