"""``make train``: fine-tunes the encoder and its heads; a run that was cut off goes on."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import click
import torch
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn
from tokenizers import Tokenizer

from models.language import network
from models.language.digest import sha256
from models.language.training import configuration, folding, learner, rows, trainer
from models.language.training.batches import Texts
from models.language.training.configuration import ConfigurationInvalid
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
    type=click.IntRange(0, folding.FOLDS - 1),
    help="Leave this fold of the corpus out, and write what the run says of it.",
)
@click.option(
    "--start",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="A finished run to start from, in place of the encoder as it came.",
)
@click.option("--seed", type=int, help="Another seed than the configuration's.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Stop after so long.")
@click.option("--rows", "most", type=click.IntRange(min=1), help="Only so many rows, to try it.")
@click.option("--threads", type=click.IntRange(min=1), help="Of the processor.")
def main(  # noqa: PLR0913  one parameter an option
    *,
    path: Path,
    folder: Path,
    fold: int | None,
    start: Path | None,
    seed: int | None,
    minutes: float | None,
    most: int | None,
    threads: int | None,
) -> None:
    """Train, and write the learner with its metrics.

    The exit status is 0 when the run is finished and 75 when its time was over: the same command
    then goes on.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    try:
        how = configuration.load(path)
    except ConfigurationInvalid as fault:
        raise click.ClickException(f"{path}: {fault}") from None
    if seed is not None:
        how = replace(how, seed=seed)
    gathered = rows.gathered()
    learnt, left_out = (gathered, []) if fold is None else folding.parted(gathered, fold)
    if most is not None:
        learnt, left_out = learnt[:: -(-len(learnt) // most)], left_out[:most]
    name = f"seed-{how.seed}" + ("" if fold is None else f"-fold-{fold}")
    place = folder / name
    console = Console()
    for source, count in rows.sources(learnt).items():
        console.print(f"{source}: {count} rows")
    console.print(f"seed {how.seed}, run in {place}")
    torch.manual_seed(how.seed)
    student = Learner(network.load(build.FOLDER, how.layers, dropout=how.dropout))
    tokenizer = Tokenizer.from_file(str(build.FOLDER / "tokenizer.json"))
    texts = Texts.cut(tokenizer, [row.text for row in learnt], how.longest)
    identity, before = _identity(learnt), 0.0
    if start is not None:
        identity, before = started(student, start, fold, identity)
    run = Trainer(
        student, texts, learner.targets(learnt), how, place / "run.pt", identity, start is not None
    )
    seconds = None if minutes is None else 60 * minutes
    try:
        finished = _trained(run, console, seconds)
    except trainer.CannotGoOn as refusal:
        raise click.ClickException(str(refusal)) from None
    if not finished:
        console.print("time is over; the same command goes on")
        sys.exit(NOT_FINISHED)
    if left_out:
        said = Texts.cut(tokenizer, [row.text for row in left_out], how.longest)
        logits = trainer.logits(student, said, how)
        folding.save(place / folding.FILE, left_out, logits)
    torch.save(student.state_dict(), place / "learner.pt")
    metrics = {
        "layers": how.layers,
        "fold": fold,
        "rows": rows.sources(learnt),
        "processor_hours": round(before + run.spent / 3_600, 2),
    }
    (place / "metrics.json").write_text(json.dumps(metrics, indent=1))


def started(student: Learner, start: Path, fold: int | None, identity: str) -> tuple[str, float]:
    """Take the weights of the run in *start*: the new run's identity, and the hours before it.

    Raises:
        ClickException: they do not fit, or were learnt from what this run leaves out.
    """
    before = json.loads((start / "metrics.json").read_text("utf-8"))
    if before["layers"] != list(student.encoder.layers):
        raise click.ClickException(f"{start} reads other layers")
    if fold is not None and before.get("fold") != fold:
        raise click.ClickException(f"{start} did not leave fold {fold} out")
    weights = start / "learner.pt"
    student.load_state_dict(torch.load(weights, weights_only=True))
    return f"{identity} {sha256(weights)}", before["processor_hours"]


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
