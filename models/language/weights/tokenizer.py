"""Writes the tokenizer of the encoder: the image's own pieces, cut down to those that are kept."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.language.weights.image import Image

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""The first four pieces; ``<mask>`` is the last."""

KEPT_PIECES = Path(__file__).with_name("kept_pieces.bin")
"""One bit a piece of the full vocabulary, compressed."""


def kept_ids(path: Path = KEPT_PIECES) -> NDArray[np.int64]:
    """The ids of the full vocabulary that stay, in rising order."""
    bits = np.unpackbits(np.frombuffer(zlib.decompress(path.read_bytes()), np.uint8))
    return np.flatnonzero(bits)


def keep(ids: NDArray[np.int64], size: int, path: Path = KEPT_PIECES) -> None:
    """Write down that *ids* of a vocabulary of *size* pieces stay."""
    bits = np.zeros(size, np.uint8)
    bits[ids] = 1
    path.write_bytes(zlib.compress(np.packbits(bits).tobytes(), 9))


def definition(image: Image, ids: Sequence[int]) -> str:
    """The ``tokenizer.json`` of the pieces *ids*, the same bytes on every machine.

    The scores are those of the full vocabulary, so a text whose best segmentation is kept is
    cut as before.  The image's map of characters is a part of what NFKC does, which the
    library has; what remains of it (control characters, runs of blanks) is written here.
    """
    vocabulary = [[image.pieces[i], float(image.scores[i])] for i in ids]
    added = [
        {
            "id": index,
            "content": vocabulary[index][0],
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for index in (*range(len(SPECIAL)), len(vocabulary) - 1)
    ]
    space = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    start, _, end, _ = SPECIAL
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFKC"},
                {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
                {"type": "Replace", "pattern": {"Regex": r"\p{Cc}"}, "content": ""},
                {"type": "Strip", "strip_left": True, "strip_right": True},
            ],
        },
        "pre_tokenizer": space,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": start, "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": end, "type_id": 0}},
            ],
            "pair": [
                {"SpecialToken": {"id": start, "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": end, "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 0}},
                {"SpecialToken": {"id": end, "type_id": 0}},
            ],
            "special_tokens": {
                start: {"id": start, "ids": [0], "tokens": [start]},
                end: {"id": end, "ids": [2], "tokens": [end]},
            },
        },
        "decoder": space,
        "model": {
            "type": "Unigram",
            "unk_id": SPECIAL.index("<unk>"),
            "vocab": vocabulary,
            "byte_fallback": False,
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
