"""``make train``: fine-tunes the encoder and its heads; a run that was cut off goes on."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click
import torch
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn
from tokenizers import Tokenizer

from models.language import network
from models.language.digest import sha256
from models.language.training import (
    checkpoint,
    configuration,
    distilling,
    finished,
    folding,
    learner,
    rows,
    trainer,
    validation,
)
from models.language.training.batches import Texts
from models.language.training.configuration import Configuration, ConfigurationInvalid
from models.language.training.finished import DoesNotFit
from models.language.training.folding import Fold
from models.language.training.learner import Learner
from models.language.training.rows import Row
from models.language.training.trainer import Step, Trainer
from models.language.weights import build

NOT_FINISHED = 75
TOLD_EVERY_S = 30.0


@click.command()
@click.option(
    "--configuration",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=configuration.FILE,
    help="TOML file that says how.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/training"),
    show_default=True,
    help="Where runs are kept.",
)
@click.option(
    "--fold",
    "left",
    type=click.Choice([*map(str, range(folding.FOLDS)), folding.ALL]),
    help="Leave this fold of the corpus out, and write what the run says of it; a run that leaves"
    " all of them out can teach any other.",
)
@click.option(
    "--start",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="A finished run to start from, in place of the encoder as it came.",
)
@click.option(
    "--teacher",
    "folders",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    multiple=True,
    help="A finished run whose answers are learnt beside the labels; of several their mean.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, configuration.SEEDS - 1),
    help="Another seed than the configuration's.",
)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Stop after so long.")
@click.option("--rows", "most", type=click.IntRange(min=1), help="Only so many rows, to try it.")
@click.option("--threads", type=click.IntRange(min=1), help="Of the processor.")
def main(  # noqa: PLR0913  one parameter an option
    *,
    path: Path,
    folder: Path,
    left: str | None,
    start: Path | None,
    folders: Sequence[Path],
    seed: int | None,
    minutes: float | None,
    most: int | None,
    threads: int | None,
) -> None:
    """Train, and write the learner with its metrics.

    The exit status is 0 when the run is finished and 75 when its time was over: the same command
    then goes on.  The metrics tell how the run went, and with ``--fold`` how right it is on what
    it left out.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    how = _configured(path, seed)
    fold = _fold(left)
    torch.manual_seed(how.seed)
    student = Learner(network.load(build.FOLDER, how.layers, dropout=how.dropout))
    try:
        begun = None if start is None else finished.take(student, start, fold)
        wise = distilling.teachers(folders, fold) if folders else None
    except DoesNotFit as refusal:
        raise click.ClickException(str(refusal)) from None
    gathered = rows.gathered()
    learnt, left_out = (gathered, []) if fold is None else folding.parted(gathered, fold)
    if most is not None:
        learnt, left_out = _some(learnt, most), _some(left_out, most)
    name = f"seed-{how.seed}" + ("" if fold is None else f"-fold-{fold}")
    place = folder / name
    console = Console()
    for source, count in rows.sources(learnt).items():
        console.print(f"{source}: {count} rows")
    console.print(f"seed {how.seed}, run in {place}")
    tokenizer = Tokenizer.from_file(str(build.FOLDER / "tokenizer.json"))
    texts = Texts.cut(tokenizer, [row.text for row in learnt], how.longest)
    identity, wanted = _identity(learnt), learner.targets(learnt)
    if begun is not None:
        identity = f"{identity} {begun.digest}"
    if wise is not None:
        console.print(f"reading what {len(folders)} runs say of {len(learnt)} rows")
        identity = f"{identity} taught by {wise.digest}"
        said = wise.remembered(texts, how, place / "taught.pt", identity)
        wanted = distilling.blended(wanted, said, distilling.shares(learnt, how.taught))
    run = Trainer(student, texts, wanted, how, place / "run.pt", identity, start is not None)
    seconds = None if minutes is None else 60 * minutes
    try:
        over = _trained(run, console, seconds)
    except trainer.CannotGoOn as refusal:
        raise click.ClickException(str(refusal)) from None
    if not over:
        console.print("time is over; the same command goes on")
        sys.exit(NOT_FINISHED)
    metrics = {
        "layers": how.layers,
        "fold": fold,
        "rows": rows.sources(learnt),
        "processor_hours": round(run.spent / 3_600, 2),
        finished.EARLIER: (begun.hours if begun else {}) | (wise.hours if wise else {}),
        "seed": how.seed,
        "epochs": how.epochs,
        "loss": run.loss,
        "tokens_a_second": run.tokens_a_second,
        "configuration": asdict(how),
    }
    if left_out:
        unseen = Texts.cut(tokenizer, [row.text for row in left_out], how.longest)
        logits = trainer.logits(student, unseen, how)
        folding.save(place / folding.FILE, left_out, logits)
        plain = {family: values.numpy() for family, values in logits.items()}
        figures = validation.validated(left_out, plain)
        metrics["left_out"] = {language: asdict(own) for language, own in figures.items()}
    checkpoint.write(place / finished.WEIGHTS, student.state_dict())
    (place / finished.METRICS).write_text(json.dumps(metrics, indent=1))


def _configured(path: Path, seed: int | None) -> Configuration:
    try:
        how = configuration.load(path)
    except ConfigurationInvalid as fault:
        raise click.ClickException(f"{path}: {fault}") from None
    return how if seed is None else replace(how, seed=seed)


def _fold(given: str | None) -> Fold | None:
    if given is None:
        return None
    return folding.ALL if given == folding.ALL else int(given)


def _some(found: list[Row], most: int) -> list[Row]:
    """At most *most* of them, evenly, for their order goes by source and language."""
    return found[:: max(1, -(-len(found) // most))]


def _identity(learnt: list[Row]) -> str:
    """Of the rows and the encoder."""
    digest = hashlib.sha256(sha256(build.FOLDER / "model.safetensors").encode())
    for row in learnt:
        labels = [sorted(part or ()) for part in (row.signals, row.drivers, row.emotions)]
        digest.update(f"{row.id} {row.text} {row.sentiment} {labels} {row.weight}".encode())
    return digest.hexdigest()


def _trained(run: Trainer, console: Console, seconds: float | None) -> bool:
    """Run with a bar for people, and a line now and then for a log."""
    columns = (
        *Progress.get_default_columns()[:-1],
        TimeRemainingColumn(),
        TextColumn("{task.fields[loss]}"),
    )
    last = time.monotonic()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("training", loss="")

        def tell(step: Step) -> None:
            nonlocal last
            loss = f"loss {step.loss:.3f}, {step.tokens_a_second:.0f} tokens/s"
            progress.update(bar, completed=step.number, total=step.of, loss=loss)
            if not console.is_terminal and time.monotonic() - last > TOLD_EVERY_S:
                last = time.monotonic()
                console.print(f"{step.number} of {step.of}, {loss}")

        return run.run(tell, seconds=seconds)


if __name__ == "__main__":
    main()
