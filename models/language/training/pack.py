"""Makes what ships of finished runs: ``python -m models.language.training.pack``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import torch

from models.language import heads, network, packed
from models.language.digest import sha256
from models.language.heads import Heads, Origin
from models.language.registry import FILE
from models.language.training import averaging, finished, folding, operating_points, rows
from models.language.training.learner import Learner
from models.language.weights import build

SHIPPED_HEADS = ("sentiment", "signals", "drivers", "language")

READABLE = 0o644
"""Whoever runs the scorer reads what ships; the library that writes it lets its owner alone."""

ENTRY = """
[models.{name}]
kind = "probe"
version = "{version}"
licence = "Apache-2.0"
layers = "{name}-layers.safetensors"
layers_sha256 = "{layers}"
heads = "{name}-heads.safetensors"
sha256 = "{heads}"
"""


@click.command()
@click.option(
    "--run", "places", type=click.Path(path_type=Path, exists=True), required=True, multiple=True,
    help="A finished run; of several the mean of their weights.",
)  # fmt: skip
@click.option(
    "--folds",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Folder of the runs that left a fold out.",
)
@click.option("--partial", is_flag=True, help="Take fewer than the five folds, to try it.")
@click.option("--name", default="default", show_default=True, help="Of the entry.")
@click.option("--version", required=True, help="Written beside every score.")
@click.option(
    "--to", "to", type=click.Path(path_type=Path, file_okay=False), required=True,
    help="Folder for the two files and the registry entry, as --weights takes it.",
)  # fmt: skip
def main(  # noqa: PLR0913  one parameter an option
    *, places: Sequence[Path], folds: Path, partial: bool, name: str, version: str, to: Path
) -> None:
    """Write the layers and the heads of runs, with thresholds from what its folds never saw.

    What the folds said is written as well, so that anyone can count the figures again.
    """
    if (to / FILE).exists() and name in tomllib.loads((to / FILE).read_text("utf-8"))["models"]:
        raise click.ClickException(f"{to / FILE} has a model {name!r} already")
    try:
        metrics = [finished.metrics(place) for place in places]
        learners = [_learner(place, metrics[0]["layers"]) for place in places]
        known, logits = folding.load(folds, rows.gathered(), partial=partial)
    except (finished.DoesNotFit, folding.FoldsInvalid) as fault:
        raise click.ClickException(str(fault)) from None
    points = operating_points.found(logits, operating_points.truth(known))
    linear = {family: averaging.linear(learners, family) for family in SHIPPED_HEADS}
    encoder = averaging.encoder(learners)
    shipped = Heads(
        layers=encoder.layers,
        temperatures=points.temperatures,
        signal_thresholds=points.signal_thresholds,
        driver_thresholds=points.driver_thresholds,
        **linear,
    )
    to.mkdir(parents=True, exist_ok=True)
    parts = {part: to / f"{name}-{part}.safetensors" for part in ("layers", "heads")}
    packed.save(encoder, parts["layers"], {"version": version})
    heads.save(shipped, parts["heads"], _origin(metrics))
    left_out = {family: torch.from_numpy(logits[family]) for family in SHIPPED_HEADS}
    folding.save(to / folding.FILE, known, left_out)
    for path in (*parts.values(), to / folding.FILE):
        path.chmod(READABLE)
    digests = {part: sha256(path) for part, path in parts.items()}
    with (to / FILE).open("a", encoding="utf-8") as file:
        file.write(ENTRY.format(name=name, version=version, **digests))
    click.echo(f"thresholds from {len(known):,} texts that the run of their fold never saw")
    for path in parts.values():
        click.echo(f"{path}: {path.stat().st_size:,} bytes")


def _origin(metrics: Sequence[Mapping[str, Any]]) -> Origin:
    """Of several runs the most rows of each source that one saw, and the hours of all.

    A run that several of them learnt from counts once.
    """
    most: dict[str, int] = {}
    earlier: dict[str, float] = {}
    for run in metrics:
        most |= {name: max(count, most.get(name, 0)) for name, count in run["rows"].items()}
        earlier |= run.get(finished.EARLIER, {})
    own = sum(run["processor_hours"] for run in metrics)
    return Origin(most, own + sum(earlier.values()))


def _learner(place: Path, layers: Sequence[int]) -> Learner:
    learner = Learner(network.load(build.FOLDER, layers))
    finished.take(learner, place, None)
    return learner


if __name__ == "__main__":
    main()
