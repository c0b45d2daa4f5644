"""Reads the public sets that training and development may use, where somebody has them."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).parents[3].parent / "shared" / "data"
"""Beside the repository; ``BAROGRAPH_SHARED_DATA`` names another place."""


def folder() -> Path:
    """Where the public sets lie; it may be absent."""
    return Path(os.environ.get("BAROGRAPH_SHARED_DATA", DEFAULT)) / "public"


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of the file *name* below the folder, such as ``umsab/test``.

    Raises:
        FileNotFoundError: the set is not on this machine.
    """
    plain = folder() / f"{name}.jsonl"
    packed = folder() / f"{name}.jsonl.gz"
    text = (
        plain.read_text("utf-8")
        if plain.exists()
        else gzip.decompress(packed.read_bytes()).decode("utf-8")
    )
    for line in text.splitlines():
        yield json.loads(line)
