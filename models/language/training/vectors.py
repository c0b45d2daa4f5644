"""Embeds each text once: fitting is quick, the encoder is not."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.language.engine import Engine

CACHE = Path(__file__).parents[3] / "var" / "vectors"
"""Never committed; deleting it costs the time to embed again."""

_BATCH = 512


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def embedded(
    texts: Sequence[str], *, engine: Engine, version: str, cache: Path = CACHE
) -> NDArray[np.float32]:
    """Shape ``(n, d)``: a vector for each of *texts*, read from *cache* where it is there.

    Args:
        texts: The texts.
        engine: What embeds the missing ones.
        version: Names encoder and layers: vectors of another version are never used.
        cache: A folder.
    """
    path = cache / f"{version}.npz"
    keys: list[str] = []
    matrix = np.zeros((0, 0), np.float16)
    if path.exists():
        with np.load(path) as stored:
            keys, matrix = stored["keys"].tolist(), stored["matrix"]
    known = {key: place for place, key in enumerate(keys)}
    missing = sorted({text for text in texts if _key(text) not in known}, key=len)
    for start in range(0, len(missing), _BATCH):
        part = missing[start : start + _BATCH]
        found = engine.embed(part).vectors.astype(np.float16)
        matrix = np.concatenate([matrix, found]) if len(matrix) else found
        known |= {_key(text): len(known) + place for place, text in enumerate(part)}
        sys.stdout.write(f"\rembedded {start + len(part)} of {len(missing)}")
        sys.stdout.flush()
    if missing:
        sys.stdout.write("\n")
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(path, keys=np.array(list(known)), matrix=matrix)
    return matrix[[known[_key(text)] for text in texts]].astype(np.float32)
