"""The linear heads that read the pooled vector, and the file that they ship in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from models.language.labels import Driver, Language, Sentiment, Signal

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Linear:
    """One family of labels: a weight row and an offset for each.

    Attributes:
        weights: Shape ``(labels, d)``.
        offsets: Shape ``(labels,)``.
    """

    weights: Array
    offsets: Array

    def logits(self, vectors: Array) -> Array:
        """Shape ``(n, labels)``.

        Summed row by row, not by a library whose kernel depends on the number of rows: a
        text's logit is the same whoever comes with it.
        """
        result: Array = np.einsum("nd,ld->nl", vectors, self.weights) + self.offsets
        return result


@dataclass(frozen=True, slots=True)
class Heads:
    """Everything that was fitted.

    Attributes:
        layers: The layers of the encoder that were read.
        sentiment: In the order of ``labels.Sentiment``.
        signals: In the order of ``labels.Signal``.
        drivers: In the order of ``labels.Driver``.
        language: In the order of ``labels.Language``.
        temperatures: Shape ``(languages, 3)``: for sentiment, signals and drivers.
        signal_thresholds: Shape ``(languages, 8)``, probabilities.
        driver_thresholds: Shape ``(languages, 12)``, probabilities.
    """

    layers: tuple[int, ...]
    sentiment: Linear
    signals: Linear
    drivers: Linear
    language: Linear
    temperatures: Array
    signal_thresholds: Array
    driver_thresholds: Array

    def __post_init__(self) -> None:
        languages = len(Language)
        for linear, labels in (
            (self.sentiment, len(Sentiment)),
            (self.signals, len(Signal)),
            (self.drivers, len(Driver)),
            (self.language, languages),
        ):
            if len(linear.weights) != labels or len(linear.offsets) != labels:
                raise ValueError("a head does not have one row a label")
        if self.signal_thresholds.shape != (languages, len(Signal)):
            raise ValueError("one threshold a language and signal is needed")
        if self.driver_thresholds.shape != (languages, len(Driver)):
            raise ValueError("one threshold a language and driver is needed")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where weights come from.

    Attributes:
        rows: Of each source, how many they were fitted on.
        processor_hours: What that took, in hours of one core; 0 where nobody counted.
    """

    rows: Mapping[str, int]
    processor_hours: float


def save(heads: Heads, path: Path, origin: Origin) -> None:
    """Write *heads* and where they come from.

    Weights go in half precision, which moves no probability by 0.001.
    """
    tensors: dict[str, NDArray[np.floating]] = {}
    for field in fields(heads):
        value = getattr(heads, field.name)
        if isinstance(value, Linear):
            tensors[f"{field.name}.weights"] = value.weights.astype(np.float16)
            tensors[f"{field.name}.offsets"] = value.offsets.astype(np.float32)
        elif field.name != "layers":
            tensors[field.name] = value.astype(np.float32)
    metadata = {
        "layers": json.dumps(heads.layers),
        "sources": json.dumps(dict(origin.rows)),
        "processor_hours": json.dumps(origin.processor_hours),
    }
    save_file(tensors, path, metadata=metadata)


def origin(path: Path) -> Origin:
    """Where the heads in *path* come from."""
    with safe_open(path, framework="numpy") as file:
        found = file.metadata()
    return Origin(json.loads(found["sources"]), json.loads(found.get("processor_hours", "0")))


def load(path: Path) -> Heads:
    """The heads in *path*.

    Raises:
        ValueError: their labels are not those of the closed lists.
    """
    with safe_open(path, framework="numpy") as file:
        layers = tuple(json.loads(file.metadata()["layers"]))
        tensors = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118 - no mapping

    def linear(name: str) -> Linear:
        return Linear(tensors[f"{name}.weights"], tensors[f"{name}.offsets"])

    return Heads(
        layers=layers,
        sentiment=linear("sentiment"),
        signals=linear("signals"),
        drivers=linear("drivers"),
        language=linear("language"),
        temperatures=tensors["temperatures"],
        signal_thresholds=tensors["signal_thresholds"],
        driver_thresholds=tensors["driver_thresholds"],
    )
