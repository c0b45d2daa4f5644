"""What a registry of models says, checked once as it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from models.language.plugged import NAMES

ENCODER_FILES: Final = ("model.safetensors", "tokenizer.json", "config.json")
"""Everything of the encoder that scores depend on."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_HALF: Final = 0.5


class EntryInvalid(Exception):
    """An entry lacks something, or says what cannot be."""


@dataclass(frozen=True, slots=True)
class EncoderEntry:
    """The shared encoder.

    Attributes:
        licence: SPDX identifier.
        sha256: Digest of each of ``ENCODER_FILES``.
    """

    licence: str
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProbeEntry:
    """Heads of ours on the shared encoder.

    Attributes:
        name: What the registry calls it.
        version: Written beside every score.
        licence: Of its weights: an SPDX identifier, or words where there is none.
        heads: File of the heads.
        layers: File of the layers that were tuned, if any.
        sha256: Digest of each of these files.
    """

    name: str
    version: str
    licence: str
    heads: str
    layers: str | None
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClassifierEntry:
    """A Hugging Face sequence classifier that somebody brings.

    Attributes:
        name: What the registry calls it.
        version: Written beside every score.
        licence: Of its weights: an SPDX identifier, or words where there is none.
        source: A folder beside the registry, or a name on the hub.
        revision: Commit to take from the hub; None for a folder.
        sha256: Digest of each file of the folder; empty for a model on the hub.
        labels: What each of its labels is called here.
        threshold: Probability from which a signal or a driver is set.
        companion: Name of the probe that scores what it does not cover; None is the default.
    """

    name: str
    version: str
    licence: str
    source: str
    revision: str | None
    sha256: Mapping[str, str]
    labels: Mapping[str, str]
    threshold: float
    companion: str | None


@dataclass(frozen=True, slots=True)
class Entries:
    """A whole registry.

    Attributes:
        default: The model that is meant where none is named.
        encoder: What all probes read.
        models: By name.
    """

    default: str
    encoder: EncoderEntry
    models: Mapping[str, ProbeEntry | ClassifierEntry]


@dataclass(frozen=True, slots=True)
class _Table:
    """A part of the file, and what to call it where something is wrong."""

    called: str
    raw: Mapping[str, Any]

    def fault(self, what: str) -> EntryInvalid:
        return EntryInvalid(f"{self.called}: {what}")

    def only(self, *keys: str) -> None:
        if strangers := sorted(self.raw.keys() - set(keys)):
            raise self.fault(f"unknown key {', '.join(strangers)}")

    def text(self, key: str) -> str:
        value = self.raw.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{key} is needed, as text")
        return value

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if key in self.raw else None

    def texts(self, key: str) -> dict[str, str]:
        inner = self.table(key)
        return {name: inner.text(name) for name in inner.raw}

    def table(self, key: str) -> _Table:
        value = self.raw.get(key)
        if not isinstance(value, dict) or not value:
            raise self.fault(f"{key} is needed, as a table")
        return _Table(f"{self.called}: {key}", value)


def entries(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> Entries:
    """What *shipped* says, with what *own* adds to it or says instead.

    Args:
        shipped: The file beside this one, as TOML reads it.
        own: That of a folder of weights; empty where there is none.

    Raises:
        EntryInvalid: naming the entry and what is wrong with it.
    """
    added = _Table("registry.toml", own).table("models").raw if "models" in own else {}
    whole = _Table("registry.toml", {**shipped, **own, "models": {**shipped["models"], **added}})
    whole.only("default", "encoder", "models")
    models = whole.table("models")
    read = {name: _model(name, models.table(name).raw) for name in models.raw}
    return Entries(whole.text("default"), _encoder(whole.table("encoder").raw), read)


def _encoder(raw: Mapping[str, Any]) -> EncoderEntry:
    table = _Table("encoder", raw)
    table.only("licence", "image", *ENCODER_FILES)
    return EncoderEntry(table.text("licence"), {name: table.text(name) for name in ENCODER_FILES})


def _model(name: str, raw: Mapping[str, Any]) -> ProbeEntry | ClassifierEntry:
    table = _Table(f"model {name!r}", raw)
    kind = table.text("kind")
    if kind == "probe":
        return _probe(name, table)
    if kind == "classifier":
        return _classifier(name, table)
    raise table.fault(f"kind is probe or classifier, and not {kind!r}")


def _probe(name: str, table: _Table) -> ProbeEntry:
    table.only("kind", "version", "licence", "heads", "sha256", "layers", "layers_sha256")
    heads = table.text("heads")
    digests = {heads: table.text("sha256")}
    layers = table.text_or_none("layers")
    if layers is not None:
        digests[layers] = table.text("layers_sha256")
    return ProbeEntry(name, table.text("version"), table.text("licence"), heads, layers, digests)


def _classifier(name: str, table: _Table) -> ClassifierEntry:
    table.only(
        "kind", "version", "licence", "source", "revision", "sha256", "labels", "threshold",
        "companion",
    )  # fmt: skip
    labels = table.texts("labels")
    if strangers := sorted(set(labels.values()) - NAMES):
        raise table.fault(f"labels maps to {', '.join(strangers)}, which is no label here")
    revision = table.text_or_none("revision")
    if revision is not None and not _COMMIT.fullmatch(revision):
        raise table.fault("revision is a commit of 40 hexadecimal digits")
    threshold = table.raw.get("threshold", _HALF)
    if type(threshold) not in {int, float} or not 0 <= threshold <= 1:
        raise table.fault("threshold is a probability, 0 to 1")
    return ClassifierEntry(
        name=name,
        version=table.text("version"),
        licence=table.text("licence"),
        source=table.text("source"),
        revision=revision,
        sha256=table.texts("sha256") if "sha256" in table.raw else {},
        labels=labels,
        threshold=threshold,
        companion=table.text_or_none("companion"),
    )
