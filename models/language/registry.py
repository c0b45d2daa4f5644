"""Which models there are, and the check that they are what they say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.language import graph
from models.language import heads as heads_file
from models.language.digest import sha256
from models.language.engine import Engine
from models.language.graph import GraphRefused
from models.language.heads import Heads, Origin
from models.language.plugged import NAMES, PluggedScorer
from models.language.probe import ProbeScorer
from models.language.scorer import Scorer

if TYPE_CHECKING:
    from models.language.network import Encoder

FOLDER = Path(__file__).parent / "weights"
FILE = "registry.toml"
_SHIPPED = Path(__file__).with_name(FILE)
_BUILD = "build it with `python -m models.language.weights.build`"


class ModelRefused(Exception):
    """The model is not known, not whole, or not the one that the registry names."""


class Runs(StrEnum):
    """What multiplies.  Never is more than one of them imported."""

    TORCH = "torch"
    OPENVINO = "openvino"
    ONNX = "onnx"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a registry was read and what it says."""

    folder: Path
    entries: Mapping[str, Any]

    def chosen(self, name: str | None) -> tuple[str, Mapping[str, Any]]:
        """The entry called *name*, or the default's, and its name."""
        wanted: str = name or self.entries["default"]
        models: Mapping[str, Mapping[str, Any]] = self.entries["models"]
        if wanted not in models:
            known = ", ".join(sorted(models))
            raise ModelRefused(f"no model is called {wanted!r}; there are: {known}")
        return wanted, models[wanted]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The files of an encoder with heads, each of them checked.

    Attributes:
        encoder: Folder of the encoder.
        heads: What reads its vector.
        layers: File of the layers that were tuned, if any.
        source: Names the weights: a graph of others is refused.
    """

    encoder: Path
    heads: Heads
    layers: Path | None
    source: str

    def network(self) -> Encoder:
        """The encoder with its tuned layers."""
        from models.language import network, packed  # noqa: PLC0415 - torch alone runs it

        tuned = packed.layers(self.layers) if self.layers else None
        return network.load(self.encoder, self.heads.layers, tuned)


def load(
    name: str | None = None,
    weights: Path | None = None,
    *,
    threads: int | None = None,
    engine: Runs = Runs.TORCH,
) -> Scorer:
    """The scorer called *name*.

    Args:
        name: An entry of the registry; None is the registry's default.
        weights: Folder to look in before the shipped one; a ``registry.toml`` in it adds
            entries to the shipped ones.
        threads: Threads for the whole process; None leaves the choice to the engine.
        engine: What multiplies; a classifier always runs on torch.

    Raises:
        ModelRefused: no such entry, a file is missing, or a byte of one differs.
    """
    place = _read(weights or FOLDER)
    chosen, entry = place.chosen(name)
    if entry["kind"] == "probe":
        return _probe(place, chosen, threads, engine)
    if entry["kind"] == "classifier":
        return _classifier(place, chosen, threads, engine)
    raise ModelRefused(f"model {chosen!r} is of no known kind")


def origin(name: str | None = None, weights: Path | None = None) -> tuple[Origin, int]:
    """Where the weights of an entry come from, and their bytes without the shared encoder's.

    Raises:
        ModelRefused: as ``encoder`` does.
    """
    place = _read(weights or FOLDER)
    _, entry = place.chosen(name)
    parts = _parts(place, entry)
    files = [_found(place.folder, entry["heads"]), *([parts.layers] if parts.layers else [])]
    return heads_file.origin(files[0]), sum(file.stat().st_size for file in files)


def encoder(name: str | None = None, weights: Path | None = None) -> tuple[Encoder, str, str]:
    """The encoder of an entry, the entry's name, and what its weights are.

    Raises:
        ModelRefused: as ``load`` does, and where the entry has no encoder of ours.
    """
    place = _read(weights or FOLDER)
    chosen, entry = place.chosen(name)
    if entry["kind"] != "probe":
        raise ModelRefused(f"model {chosen!r} has no encoder of its own here")
    parts = _parts(place, entry)
    return parts.network(), chosen, parts.source


def weights_of(version: str) -> dict[str, str]:
    """What the shipped registry says a model's weights are, by what scores call the model.

    Returns:
        SHA-256 by file, or the revision of a model on the hub; empty where it names no such model.
    """
    shipped: dict[str, Any] = tomllib.loads(_SHIPPED.read_text("utf-8"))
    for entry in shipped["models"].values():
        if entry["version"] != version:
            continue
        if entry["kind"] == "classifier":
            return dict(entry.get("sha256", {"revision": entry.get("revision", "")}))
        files = {name: shipped["encoder"][name] for name in ("model.safetensors", "tokenizer.json")}
        files[entry["heads"]] = entry["sha256"]
        return files | ({entry["layers"]: entry["layers_sha256"]} if "layers" in entry else {})
    return {}


def _read(folder: Path) -> _Place:
    entries: dict[str, Any] = tomllib.loads(_SHIPPED.read_text("utf-8"))
    own = folder / FILE
    if own.exists():
        added = tomllib.loads(own.read_text("utf-8"))
        models = entries["models"] | added.get("models", {})
        entries = entries | added | {"models": models}
    return _Place(folder, entries)


def _parts(place: _Place, entry: Mapping[str, Any]) -> _Parts:
    folder = _found(place.folder, "encoder")
    if not (folder / "complete").exists():
        raise ModelRefused(f"the encoder is not on this machine: {_BUILD}")
    for name in ("model.safetensors", "tokenizer.json"):
        _same(folder / name, place.entries["encoder"][name])
    path = _found(place.folder, entry["heads"])
    _same(path, entry["sha256"])
    heads = heads_file.load(path)
    layers = None
    if "layers" in entry:
        layers = _found(place.folder, entry["layers"])
        _same(layers, entry["layers_sha256"])
    source = [place.entries["encoder"]["model.safetensors"], entry.get("layers_sha256", "")]
    return _Parts(folder, heads, layers, " ".join([*source, *map(str, heads.layers)]))


def _probe(place: _Place, name: str, threads: int | None, engine: Runs) -> ProbeScorer:
    _, entry = place.chosen(name)
    parts = _parts(place, entry)
    if engine is Runs.TORCH:
        runs = _torch(parts, threads)
    else:
        runs = _graph(graph.file(place.folder, name), parts, threads, engine)
    return ProbeScorer(runs, parts.heads, model=entry["version"])


def _torch(parts: _Parts, threads: int | None) -> Engine:
    from models.language.engine_torch import TorchEngine  # noqa: PLC0415 - one engine alone

    return TorchEngine(parts.encoder, parts.network(), threads=threads)


def _graph(path: Path, parts: _Parts, threads: int | None, engine: Runs) -> Engine:
    try:
        width = graph.width(path, source=parts.source)
        if engine is Runs.ONNX:
            from models.language.engine_onnx import OnnxEngine  # noqa: PLC0415

            return OnnxEngine(parts.encoder, path, width, threads=threads)
        from models.language.engine_openvino import OpenVinoEngine  # noqa: PLC0415

        return OpenVinoEngine(parts.encoder, path, width, threads=threads)
    except GraphRefused as refusal:
        raise ModelRefused(str(refusal)) from None
    except ImportError:
        needed = f"pip install 'barograph[{engine}]'"
        raise ModelRefused(f"the engine {engine} is not installed: {needed}") from None


def _classifier(place: _Place, name: str, threads: int | None, engine: Runs) -> PluggedScorer:
    from models.language.engine_transformers import (  # noqa: PLC0415 - torch alone runs it
        LabelsUnknown,
        TransformersEngine,
    )

    _, entry = place.chosen(name)
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
    companion, _ = place.chosen(entry.get("companion"))
    try:
        classifier = TransformersEngine(
            source, revision=entry.get("revision"), labels=labels, threads=threads
        )
    except LabelsUnknown as fault:
        raise ModelRefused(f"model {name!r}: {fault}") from None
    except OSError:
        raise ModelRefused(f"model {name!r} cannot be read") from None
    return PluggedScorer(
        classifier,
        _probe(place, companion, threads, engine),
        threshold=entry.get("threshold", 0.5),
        model=entry["version"],
    )


def _found(folder: Path, name: str) -> Path:
    """In *folder* where it is there, else among what ships."""
    return folder / name if (folder / name).exists() else FOLDER / name


def _same(path: Path, digest: str) -> None:
    if not path.exists():
        raise ModelRefused(f"{path.name} is missing")
    if sha256(path) != digest:
        raise ModelRefused(f"{path.name} is not the file that the registry names")
