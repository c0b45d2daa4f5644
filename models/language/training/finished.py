"""A finished run as another run takes it: to start from, or to be taught by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.language.digest import sha256
from models.language.training import checkpoint, folding
from models.language.training.checkpoint import CheckpointUnreadable
from models.language.training.folding import Fold
from models.language.training.learner import Learner

WEIGHTS = "learner.pt"
METRICS = "metrics.json"
EARLIER = "earlier"
"""In the metrics: the hours of the runs that a run learnt from."""

_NEEDED = {"layers", "processor_hours"}


class DoesNotFit(Exception):
    """It is not finished, another network, or has learnt from what the new run leaves out."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What is known of it.

    Attributes:
        digest: Of its weights.
        hours: Of processor time that it took, and each run that it learnt from, by the digests of
            their weights: runs with a teacher in common count it once.
    """

    digest: str
    hours: dict[str, float]


def layers(folder: Path) -> list[int]:
    """Those that the run in *folder* reads.

    Raises:
        DoesNotFit: it is not finished.
    """
    read: list[int] = metrics(folder)["layers"]
    return read


def take(learner: Learner, folder: Path, fold: Fold | None) -> Finished:
    """Give *learner* the weights of the run in *folder*.

    Args:
        learner: A network of the same shape.
        folder: Of the run.
        fold: Which one the new run leaves out; None for a run that leaves nothing out.

    Raises:
        DoesNotFit: the run is not finished, reads other layers, or did not leave *fold* out.
    """
    said = metrics(folder)
    if said["layers"] != list(learner.encoder.layers):
        raise DoesNotFit(f"{folder} reads other layers")
    if fold is not None and said.get("fold") not in {fold, folding.ALL}:
        raise DoesNotFit(f"{folder} did not leave fold {fold} out")
    weights = folder / WEIGHTS
    try:
        learner.load_state_dict(checkpoint.read(weights))
    except (CheckpointUnreadable, RuntimeError):  # or of parts of another size
        raise DoesNotFit(f"{weights} is not whole, or of another network") from None
    digest = sha256(weights)
    return Finished(digest, {**said.get(EARLIER, {}), digest: said["processor_hours"]})


def metrics(folder: Path) -> dict[str, Any]:
    """What the run in *folder* wrote of itself when it was finished.

    Raises:
        DoesNotFit: it is not finished.
    """
    try:
        found: object = json.loads((folder / METRICS).read_text("utf-8"))
    except (OSError, ValueError):
        raise DoesNotFit(f"{folder} is no finished run") from None
    if not isinstance(found, dict) or not found.keys() >= _NEEDED:
        raise DoesNotFit(f"{folder / METRICS} is not of a run of this version")
    return found
