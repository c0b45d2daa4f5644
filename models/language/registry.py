"""Which models there are, and the check that they are what they say."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.language import heads as heads_file
from models.language import packed
from models.language.engine_torch import TorchEngine
from models.language.engine_transformers import LabelsUnknown, TransformersEngine
from models.language.plugged import NAMES, PluggedScorer
from models.language.probe import ProbeScorer
from models.language.scorer import Scorer

FOLDER = Path(__file__).parent / "weights"
FILE = "registry.toml"
_SHIPPED = Path(__file__).with_name(FILE)
_BUILD = "build it with `python -m models.language.weights.build`"


class ModelRefused(Exception):
    """The model is not known, not whole, or not the one that the registry names."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a registry was read and what it says."""

    folder: Path
    entries: Mapping[str, Any]


def load(
    name: str | None = None, weights: Path | None = None, *, threads: int | None = None
) -> Scorer:
    """The scorer called *name*.

    Args:
        name: An entry of the registry; None is the registry's default.
        weights: Folder to look in before the shipped one; a ``registry.toml`` in it adds
            entries to the shipped ones.
        threads: Threads for the whole process; None leaves the choice to the engine.

    Raises:
        ModelRefused: no such entry, a file is missing, or a byte of one differs.
    """
    place = _read(weights or FOLDER)
    chosen = name or place.entries["default"]
    entry = place.entries["models"].get(chosen)
    if entry is None:
        known = ", ".join(sorted(place.entries["models"]))
        raise ModelRefused(f"no model is called {chosen!r}; there are: {known}")
    if entry["kind"] == "probe":
        return _probe(place, entry, threads)
    if entry["kind"] == "classifier":
        return _classifier(place, chosen, entry, threads)
    raise ModelRefused(f"model {chosen!r} is of no known kind")


def _read(folder: Path) -> _Place:
    entries: dict[str, Any] = tomllib.loads(_SHIPPED.read_text("utf-8"))
    own = folder / FILE
    if own.exists():
        added = tomllib.loads(own.read_text("utf-8"))
        models = entries["models"] | added.get("models", {})
        entries = entries | added | {"models": models}
    return _Place(folder, entries)


def _probe(place: _Place, entry: Mapping[str, Any], threads: int | None) -> ProbeScorer:
    encoder = _found(place.folder, "encoder")
    if not (encoder / "complete").exists():
        raise ModelRefused(f"the encoder is not on this machine: {_BUILD}")
    for name in ("model.safetensors", "tokenizer.json"):
        _same(encoder / name, place.entries["encoder"][name])
    path = _found(place.folder, entry["heads"])
    _same(path, entry["sha256"])
    heads = heads_file.load(path)
    tuned = None
    if "layers" in entry:
        _same(_found(place.folder, entry["layers"]), entry["layers_sha256"])
        tuned = packed.layers(_found(place.folder, entry["layers"]))
    engine = TorchEngine(encoder, heads.layers, tuned=tuned, threads=threads)
    return ProbeScorer(engine, heads, model=entry["version"])


def _classifier(
    place: _Place, name: str, entry: Mapping[str, Any], threads: int | None
) -> PluggedScorer:
    labels: Mapping[str, str] = entry["labels"]
    if strangers := sorted(set(labels.values()) - NAMES):
        raise ModelRefused(f"model {name!r} maps to unknown labels: {', '.join(strangers)}")
    source: str = entry["source"]
    folder = place.folder / source
    if folder.is_dir():
        for file, digest in entry.get("sha256", {}).items():
            _same(folder / file, digest)
        source = str(folder)
    elif "revision" not in entry:
        raise ModelRefused(f"model {name!r} is no folder here: a hub model needs its revision")
    companion = place.entries["models"][entry.get("companion", place.entries["default"])]
    try:
        engine = TransformersEngine(
            source, revision=entry.get("revision"), labels=labels, threads=threads
        )
    except LabelsUnknown as fault:
        raise ModelRefused(f"model {name!r}: {fault}") from None
    except OSError:
        raise ModelRefused(f"model {name!r} cannot be read") from None
    return PluggedScorer(
        engine,
        _probe(place, companion, threads),
        threshold=entry.get("threshold", 0.5),
        model=entry["version"],
    )


def _found(folder: Path, name: str) -> Path:
    """In *folder* where it is there, else among what ships."""
    return folder / name if (folder / name).exists() else FOLDER / name


def _same(path: Path, digest: str) -> None:
    if not path.exists():
        raise ModelRefused(f"{path.name} is missing")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise ModelRefused(f"{path.name} is not the file that the registry names")
