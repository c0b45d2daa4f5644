"""Makes what ships of a finished run and its folds: ``python -m models.language.training.pack``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import click
import torch

from models.language import heads, network, packed
from models.language.digest import sha256
from models.language.heads import Heads
from models.language.registry import FILE
from models.language.training import folding, operating_points, rows
from models.language.training.learner import Learner
from models.language.weights import build

SHIPPED_HEADS = ("sentiment", "signals", "drivers", "language")

ENTRY = """
[models.{name}]
kind = "probe"
version = "{version}"
layers = "{name}-layers.safetensors"
layers_sha256 = "{layers}"
heads = "{name}-heads.safetensors"
sha256 = "{heads}"
"""


@click.command()
@click.option("--run", "place", type=click.Path(path_type=Path, exists=True), required=True)
@click.option(
    "--folds",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Folder of the runs that left a fold out.",
)
@click.option("--name", default="default", show_default=True, help="Of the entry.")
@click.option("--version", required=True, help="Written beside every score.")
@click.option(
    "--to", "to", type=click.Path(path_type=Path, file_okay=False), required=True,
    help="Folder for the two files and the registry entry, as --weights takes it.",
)  # fmt: skip
def main(place: Path, folds: Path, name: str, version: str, to: Path) -> None:
    """Write the layers and the heads of a run, with thresholds from what its folds never saw.

    What the folds said is written as well, so that anyone can count the figures again.
    """
    if (to / FILE).exists() and name in tomllib.loads((to / FILE).read_text("utf-8"))["models"]:
        raise click.ClickException(f"{to / FILE} has a model {name!r} already")
    try:
        known, logits = folding.load(folds, rows.gathered())
    except folding.FoldsInvalid as fault:
        raise click.ClickException(str(fault)) from None
    points = operating_points.found(logits, operating_points.truth(known))
    metrics = json.loads((place / "metrics.json").read_text("utf-8"))
    student = Learner(network.load(build.FOLDER, metrics["layers"]))
    student.load_state_dict(torch.load(place / "learner.pt", weights_only=True))
    shipped = Heads(
        layers=student.encoder.layers,
        temperatures=points.temperatures,
        signal_thresholds=points.signal_thresholds,
        driver_thresholds=points.driver_thresholds,
        **{family: student.linear(family) for family in SHIPPED_HEADS},
    )
    to.mkdir(parents=True, exist_ok=True)
    parts = {part: to / f"{name}-{part}.safetensors" for part in ("layers", "heads")}
    packed.save(student.encoder, parts["layers"], {"version": version})
    heads.save(shipped, parts["heads"], sources=metrics["rows"])
    left_out = {family: torch.from_numpy(logits[family]) for family in SHIPPED_HEADS}
    folding.save(to / folding.FILE, known, left_out)
    digests = {part: sha256(path) for part, path in parts.items()}
    with (to / FILE).open("a", encoding="utf-8") as file:
        file.write(ENTRY.format(name=name, version=version, **digests))
    for path in parts.values():
        click.echo(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
