"""Writes a model's encoder for another engine: ``python -m models.language.weights.export``."""

from __future__ import annotations

from pathlib import Path

import click

from models.language import graph, registry


@click.command()
@click.option("--model", default=None, help="An entry of the registry; else its default.")
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of models.",
)
def main(model: str | None, weights: Path | None) -> None:
    """Write a graph beside the weights, for the engines openvino and onnx."""
    try:
        encoder, name, source = registry.encoder(model, weights)
    except registry.ModelRefused as refusal:
        raise click.ClickException(str(refusal)) from None
    path = graph.file(weights or registry.FOLDER, name)
    graph.export(encoder, path, source=source)
    click.echo(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
