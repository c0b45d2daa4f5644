"""A finished run as another run takes it: to start from, or to be taught by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from models.language.digest import sha256
from models.language.training.learner import Learner

WEIGHTS = "learner.pt"
METRICS = "metrics.json"


class DoesNotFit(Exception):
    """It is another network, or has learnt from what the new run leaves out."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What is known of it.

    Attributes:
        digest: Of its weights.
        hours: Of processor time that it took.
    """

    digest: str
    hours: float


def layers(folder: Path) -> list[int]:
    """Those that the run in *folder* reads."""
    read: list[int] = _metrics(folder)["layers"]
    return read


def take(learner: Learner, folder: Path, fold: int | None) -> Finished:
    """Give *learner* the weights of the run in *folder*.

    Args:
        learner: A network of the same shape.
        folder: Of the run.
        fold: Which one the new run leaves out; None for a run that leaves nothing out.

    Raises:
        DoesNotFit: the run reads other layers, or did not leave *fold* out.
    """
    metrics = _metrics(folder)
    if metrics["layers"] != list(learner.encoder.layers):
        raise DoesNotFit(f"{folder} reads other layers")
    if fold is not None and metrics.get("fold") != fold:
        raise DoesNotFit(f"{folder} did not leave fold {fold} out")
    weights = folder / WEIGHTS
    learner.load_state_dict(torch.load(weights, weights_only=True))
    return Finished(sha256(weights), metrics["processor_hours"])


def _metrics(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / METRICS).read_text("utf-8"))
    return found
