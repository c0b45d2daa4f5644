"""What a run keeps on disk: written whole or not at all, and told apart from what is cut short."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


class CheckpointUnreadable(Exception):
    """The file is not there, or not one that was written whole."""


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write *content*, tensors and plain values; cut off in the middle, the old file is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    torch.save(content, fresh)
    fresh.replace(path)


def read(path: Path) -> dict[str, Any]:
    """What ``write`` wrote, on the processor.

    Raises:
        CheckpointUnreadable: there is none, or it is cut short or something else.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, LookupError, ValueError, pickle.UnpicklingError):
        raise CheckpointUnreadable(f"{path} is cut short or something else") from None
    if not isinstance(found, dict):
        raise CheckpointUnreadable(f"{path} is something else")
    return found
