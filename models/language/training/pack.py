"""Makes what ships of a finished run and its folds: ``python -m models.language.training.pack``."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import torch
from safetensors import safe_open

from models.language import heads, network, packed
from models.language.heads import Array, Heads, Linear
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
    """Write the layers and the heads of a run, with thresholds from what its folds never saw."""
    gathered = rows.gathered()
    seen = {row.id: row for row in gathered}
    ids, logits = left_out(folds)
    points = operating_points.found(logits, operating_points.truth([seen[one] for one in ids]))
    metrics = json.loads((place / "metrics.json").read_text("utf-8"))
    student = Learner(network.load(build.FOLDER, (metrics["layers"],)))
    student.load_state_dict(torch.load(place / "learner.pt", weights_only=True))
    shipped = Heads(
        layers=student.encoder.layers,
        temperatures=points.temperatures,
        signal_thresholds=points.signal_thresholds,
        driver_thresholds=points.driver_thresholds,
        **{family: linear(student, family) for family in SHIPPED_HEADS},
    )
    to.mkdir(parents=True, exist_ok=True)
    parts = {part: to / f"{name}-{part}.safetensors" for part in ("layers", "heads")}
    packed.save(student.encoder, parts["layers"], {"version": version})
    heads.save(shipped, parts["heads"], sources=metrics["rows"])
    digests = {part: build.sha256(path) for part, path in parts.items()}
    with (to / "registry.toml").open("a", encoding="utf-8") as file:
        file.write(ENTRY.format(name=name, version=version, **digests))
    for path in parts.values():
        click.echo(f"{path}: {path.stat().st_size:,} bytes")


def linear(student: Learner, family: str) -> Linear:
    """A head of *student* as it ships."""
    head = student.heads[family]
    weights, offsets = (part.detach().numpy() for part in head.parameters())
    return Linear(weights, offsets)


def left_out(folder: Path) -> tuple[list[str], dict[str, Array]]:
    """What the runs below *folder* say of the rows that each of them left out.

    Returns:
        The ids, and of each family the logits, shape ``(n, labels)``.

    Raises:
        click.ClickException: there is none.
    """
    ids: list[str] = []
    parts: dict[str, list[Array]] = {}
    for path in sorted(folder.glob(f"*/{folding.FILE}")):
        with safe_open(path, framework="numpy") as file:
            ids += file.metadata()["ids"].split()
            for family in SHIPPED_HEADS:
                parts.setdefault(family, []).append(file.get_tensor(family).astype(np.float32))
    if not ids:
        raise click.ClickException(f"no run below {folder} has left a fold out")
    return ids, {family: np.concatenate(found) for family, found in parts.items()}


if __name__ == "__main__":
    main()
