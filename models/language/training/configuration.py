"""What a training run is: a TOML file that says what differs from the usual run."""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import torch

from models.language import engine_torch
from models.language.engine import WINDOW
from models.language.training.learner import FAMILIES

FILE = Path(__file__).with_name("default.toml")
DEPTH: Final = 12
"""Layers of the encoder that there are to read."""

SEEDS: Final = 2**32
"""A seed fits half of the 64 bits that torch takes, beside the number of the step."""


class ConfigurationInvalid(Exception):
    """A value is unknown or impossible."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A training run.

    Attributes:
        seed: Of the heads' first weights and of the order of the rows.
        layers: The layers of the encoder that the heads read, side by side; 1 is the lowest, and
            what lies above the highest is cut off.
        frozen: How many layers, from below, stay as they are; the embeddings always do.
        epochs: How often each row is seen.
        tokens: Most tokens of a batch, padding included.
        longest: Tokens of a text that are read.
        encoder_rate: Highest learning rate of the encoder.
        heads_rate: Highest learning rate of the heads.
        decay: Weight decay of the multiplications; offsets and norms have none.
        warm_up: Share of the steps until the highest rate, after which it falls to nothing.
        clip: Longest gradient.
        dropout: Share of what each layer adds that is left out, another one at each step.
        taught: Share of the labels that is what teachers say, where a run has some; real words
            keep their own.
        device: ``cpu`` or ``cuda``.
        precision: Of the multiplications, ``float32`` or ``bfloat16``; weights are kept in
            single precision.  A file may say ``auto``: as fast as this processor goes.
        importance: How much the loss of each family of labels counts.
    """

    seed: int
    layers: list[int]
    frozen: int
    epochs: int
    tokens: int
    longest: int
    encoder_rate: float
    heads_rate: float
    decay: float
    warm_up: float
    clip: float
    dropout: float
    taught: float
    device: str
    precision: str
    importance: dict[str, float]

    def __post_init__(self) -> None:
        wrong = [field.name for field in fields(self) if not _typed(self, field.name)]
        if wrong:
            raise ConfigurationInvalid(f"of the wrong type: {', '.join(wrong)}")
        possible = {
            "seed": 0 <= self.seed < SEEDS,
            "layers": min(self.layers, default=0) >= 1
            and max(self.layers, default=0) <= DEPTH
            and len(set(self.layers)) == len(self.layers),
            "frozen": 0 <= self.frozen <= max(self.layers, default=0),
            "epochs": self.epochs >= 1,
            "longest": 1 <= self.longest <= WINDOW,
            "tokens": self.tokens >= self.longest + 2,
            "encoder_rate": 0 < self.encoder_rate < math.inf,
            "heads_rate": 0 < self.heads_rate < math.inf,
            "decay": 0 <= self.decay < math.inf,
            "warm_up": 0 <= self.warm_up < 1,
            "clip": 0 < self.clip < math.inf,
            "dropout": 0 <= self.dropout < 1,
            "taught": 0 <= self.taught <= 1,
            "device": self.device in {"cpu", "cuda"},
            "precision": self.precision in {"float32", "bfloat16"},
            "importance": self.importance.keys() == FAMILIES.keys()
            and all(0 <= one < math.inf for one in self.importance.values()),
        }
        if wrong := [name for name, holds in possible.items() if not holds]:
            raise ConfigurationInvalid(f"not possible: {', '.join(wrong)}")

    def arithmetic(self) -> torch.autocast:
        """Within it the multiplications are in ``precision``."""
        half = self.precision == "bfloat16"
        return torch.autocast(self.device, torch.bfloat16, enabled=half)

    def as_json(self) -> str:
        """All of it in one line."""
        return json.dumps(asdict(self))


def _typed(how: Configuration, name: str) -> bool:
    """Whether a field holds what its annotation says, which a file need not."""
    value: object = getattr(how, name)
    if name == "layers":
        return isinstance(value, list) and all(map(_whole, value))
    if name == "importance":
        return isinstance(value, dict) and all(map(_number, value.values()))
    if name in {"device", "precision"}:
        return isinstance(value, str)
    whole = name in {"seed", "frozen", "epochs", "tokens", "longest"}
    return _whole(value) if whole else _number(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, float) or _whole(value)


def load(path: Path = FILE) -> Configuration:
    """The run that *path* describes; what it leaves out is as in ``default.toml``.

    Raises:
        ConfigurationInvalid: a value is unknown or impossible, here or at all.
    """
    given: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
    try:
        given |= tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise ConfigurationInvalid(f"no TOML: {fault}") from None
    except UnicodeDecodeError:
        raise ConfigurationInvalid("no UTF-8") from None
    if wrong := sorted(given.keys() - {field.name for field in fields(Configuration)}):
        raise ConfigurationInvalid(f"unknown: {', '.join(wrong)}")
    if given["precision"] == "auto":
        fastest = torch.bfloat16 if given["device"] == "cuda" else engine_torch.precision()
        given["precision"] = str(fastest).removeprefix("torch.")
    how = Configuration(**given)
    if how.device == "cuda" and not torch.cuda.is_available():
        raise ConfigurationInvalid("no device cuda is on this machine")
    return how
