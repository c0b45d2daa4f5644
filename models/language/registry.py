"""Which models there are, and the check that they are what they say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from models.language import graph
from models.language import heads as heads_file
from models.language.digest import sha256
from models.language.engine import Engine
from models.language.graph import GraphRefused
from models.language.heads import Heads, Origin
from models.language.plugged import PluggedScorer
from models.language.probe import ProbeScorer
from models.language.registry_entry import (
    ClassifierEntry,
    Entries,
    EntryInvalid,
    ProbeEntry,
    entries,
)
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
    entries: Entries

    def chosen(self, name: str | None) -> ProbeEntry | ClassifierEntry:
        """The entry called *name*, or the default's."""
        wanted = name or self.entries.default
        if wanted not in self.entries.models:
            known = ", ".join(sorted(self.entries.models))
            raise ModelRefused(f"no model is called {wanted!r}; there are: {known}")
        return self.entries.models[wanted]

    def probe(self, name: str | None) -> ProbeEntry:
        """As ``chosen`` does, where the entry is one of ours."""
        entry = self.chosen(name)
        if isinstance(entry, ClassifierEntry):
            raise ModelRefused(f"model {entry.name!r} is a classifier: it has no encoder of ours")
        return entry


@dataclass(frozen=True, slots=True)
class _Parts:
    """The files of an encoder with heads, each of them checked.

    Attributes:
        entry: What the registry says of them.
        encoder: Folder of the encoder.
        heads: What reads its vector.
        layers: File of the layers that were tuned, if any.
        source: Names the weights: a graph of others is refused.
    """

    entry: ProbeEntry
    encoder: Path
    heads: Heads
    layers: Path | None
    source: str

    def network(self) -> Encoder:
        """The encoder with its tuned layers."""
        from models.language import network, packed  # noqa: PLC0415 - torch alone runs it

        try:
            tuned = packed.layers(self.layers) if self.layers else None
            return network.load(self.encoder, self.heads.layers, tuned)
        except (SafetensorError, ValueError, RuntimeError):
            fault = "its layers cannot be read, or do not fit the encoder"
            raise ModelRefused(f"model {self.entry.name!r}: {fault}") from None


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
        engine: What multiplies; a classifier runs on torch alone.

    Raises:
        ModelRefused: no such folder or entry, an entry that says what cannot be, a file that is
            missing or has another byte, or a classifier that cannot be run.
    """
    place = _read(weights or FOLDER)
    entry = place.chosen(name)
    if isinstance(entry, ProbeEntry):
        return _probe(place, entry, threads, engine)
    if engine is not Runs.TORCH:
        raise ModelRefused(f"model {entry.name!r} is a classifier: it runs on torch alone")
    return _classifier(place, entry, threads)


def origin(name: str | None = None, weights: Path | None = None) -> tuple[Origin, int]:
    """Where the weights of an entry come from, and their bytes without the shared encoder's.

    Raises:
        ModelRefused: as ``encoder`` does.
    """
    place = _read(weights or FOLDER)
    entry = place.probe(name)
    _parts(place, entry)
    files = [_found(place.folder, file) for file in entry.sha256]
    origin = heads_file.origin(_found(place.folder, entry.heads))
    return origin, sum(file.stat().st_size for file in files)


def encoder(name: str | None = None, weights: Path | None = None) -> tuple[Encoder, str, str]:
    """The encoder of an entry, the entry's name, and what its weights are.

    Raises:
        ModelRefused: as ``load`` does, and where the entry has no encoder of ours.
    """
    place = _read(weights or FOLDER)
    parts = _parts(place, place.probe(name))
    return parts.network(), parts.entry.name, parts.source


def weights_of(version: str) -> dict[str, str]:
    """What the shipped registry says a model's weights are, by what scores call the model.

    Returns:
        SHA-256 by file, or the revision of a model on the hub; empty where it names no such model.
    """
    shipped = entries(_toml(_SHIPPED), {})
    for entry in shipped.models.values():
        if entry.version != version:
            continue
        if isinstance(entry, ProbeEntry):
            return {**shipped.encoder.sha256, **entry.sha256}
        return dict(entry.sha256) or {"revision": entry.revision or ""}
    return {}


def _read(folder: Path) -> _Place:
    if not folder.is_dir():
        raise ModelRefused(f"the folder of weights, {folder}, is not there or is no folder")
    own = folder / FILE
    try:
        return _Place(folder, entries(_toml(_SHIPPED), _toml(own) if own.exists() else {}))
    except EntryInvalid as fault:
        raise ModelRefused(str(fault)) from None


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise ModelRefused(f"{path.name} cannot be read as TOML: {fault}") from None


def _parts(place: _Place, entry: ProbeEntry) -> _Parts:
    folder = _found(place.folder, "encoder")
    if not (folder / "complete").exists():
        raise ModelRefused(f"the encoder is not on this machine: {_BUILD}")
    whole = place.entries.encoder.sha256
    for name, digest in whole.items():
        _same(folder / name, digest)
    for name, digest in entry.sha256.items():
        _same(_found(place.folder, name), digest)
    path = _found(place.folder, entry.heads)
    try:
        heads = heads_file.load(path)
    except (SafetensorError, ValueError, KeyError, TypeError):
        raise ModelRefused(f"model {entry.name!r}: {path.name} holds no heads of ours") from None
    layers = _found(place.folder, entry.layers) if entry.layers else None
    tuned = entry.sha256[entry.layers] if entry.layers else ""
    source = [whole["model.safetensors"], tuned, *map(str, heads.layers)]
    return _Parts(entry, folder, heads, layers, " ".join(source))


def _probe(place: _Place, entry: ProbeEntry, threads: int | None, engine: Runs) -> ProbeScorer:
    parts = _parts(place, entry)
    if engine is Runs.TORCH:
        runs = _torch(parts, threads)
    else:
        runs = _graph(graph.file(place.folder, entry.name), parts, threads, engine)
    return ProbeScorer(runs, parts.heads, model=entry.version)


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


def _classifier(place: _Place, entry: ClassifierEntry, threads: int | None) -> PluggedScorer:
    from models.language.engine_transformers import (  # noqa: PLC0415 - torch alone runs it
        ClassifierUnusable,
        TransformersEngine,
    )

    called = f"model {entry.name!r}"
    companion = place.chosen(entry.companion)
    if isinstance(companion, ClassifierEntry):
        raise ModelRefused(f"{called}: its companion {companion.name!r} is a classifier as well")
    source = entry.source
    folder = place.folder / source
    if folder.is_dir():
        _same_folder(called, folder, entry.sha256)
        source = str(folder)
    elif entry.revision is None:
        raise ModelRefused(f"{called} is no folder here: a hub model needs its revision")
    try:
        classifier = TransformersEngine(
            source, revision=entry.revision, labels=entry.labels, threads=threads
        )
    except ClassifierUnusable as fault:
        raise ModelRefused(f"{called}: {fault}") from None
    return PluggedScorer(
        classifier,
        _probe(place, companion, threads, Runs.TORCH),
        threshold=entry.threshold,
        model=entry.version,
    )


def _found(folder: Path, name: str) -> Path:
    """In *folder* where it is there, else among what ships."""
    return folder / name if (folder / name).exists() else FOLDER / name


def _same(path: Path, digest: str) -> None:
    if not path.is_file():
        raise ModelRefused(f"{path.name} is missing")
    if sha256(path) != digest:
        fault = "is not the file that the registry names: put that one back, or register this one"
        raise ModelRefused(f"{path.name} {fault}")


def _same_folder(called: str, folder: Path, digests: Mapping[str, str]) -> None:
    """All files count, since any may move a score; hidden ones are never read."""
    for name, digest in digests.items():
        _same(folder / name, digest)
    there = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    seen = {path.as_posix() for path in there if not any(p.startswith(".") for p in path.parts)}
    if unnamed := sorted(seen - digests.keys()):
        raise ModelRefused(f"{called}: its sha256 must name each file; it lacks {unnamed[0]}")
