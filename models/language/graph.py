"""The encoder as a graph in a file, for engines that run no Python."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from models.language.digest import sha256

if TYPE_CHECKING:
    from models.language.network import Encoder


class GraphRefused(Exception):
    """There is none, or it is not of these weights."""


def file(folder: Path, model: str) -> Path:
    """Where the graph of *model* lies."""
    return folder / f"{model}.onnx"


def export(encoder: Encoder, path: Path, *, source: str) -> None:
    """Write *encoder* as ONNX, and beside it what it was made of.

    Args:
        encoder: What to write.
        path: Where; a file beside it, ending in ``.json``, names the digests.
        source: What the weights are, such as the digest of their files.
    """
    # Needed to export alone: whoever runs the graph does without.
    import torch  # noqa: PLC0415

    from models.language.padded import PaddedEncoder  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    example = torch.ones(2, 8, dtype=torch.long)
    shape = {0: "texts", 1: "width"}
    fresh = path.with_suffix(".new")
    with warnings.catch_warnings():
        # Of the exporter's age (its successor needs another library and makes the same graph),
        # and of shapes that it finds constant and that are.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            PaddedEncoder(encoder).eval(),
            (example, example),
            str(fresh),
            input_names=["ids", "mask"],
            output_names=["pooled"],
            dynamic_axes={"ids": shape, "mask": shape},
            dynamo=False,
        )
    told = {"source": source, "graph": sha256(fresh), "width": encoder.width}
    fresh.replace(path)
    _about(path).write_text(json.dumps(told), "utf-8")


def width(path: Path, *, source: str) -> int:
    """Numbers of a vector of the graph at *path*.

    Raises:
        GraphRefused: it is missing, was made of other weights, or a byte of it differs.
    """
    if not (path.exists() and _about(path).exists()):
        raise GraphRefused(f"{path.name} is missing: `python -m models.language.weights.export`")
    told = json.loads(_about(path).read_text("utf-8"))
    if told["source"] != source:
        raise GraphRefused(f"{path.name} was made of other weights: export it again")
    if told["graph"] != sha256(path):
        raise GraphRefused(f"{path.name} is not the file that was exported")
    found: int = told["width"]
    return found


def _about(path: Path) -> Path:
    return path.with_suffix(".json")
