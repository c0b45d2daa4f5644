"""The encoder is built from the image alone, the same everywhere."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from models.language.weights import build, image, tokenizer

EXPECTED = tomllib.loads(build.REGISTRY.read_text("utf-8"))["encoder"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("encoder")
    build.build(build.image_path(), folder, EXPECTED)
    yield folder
    (folder / "model.safetensors").unlink()


@pytest.fixture(scope="module")
def cutter(built: Path) -> Tokenizer:
    return Tokenizer.from_file(str(built / "tokenizer.json"))


def test_a_built_encoder_is_known_as_built(built: Path) -> None:
    assert build.is_built(built, EXPECTED)
    assert not build.is_built(built, EXPECTED | {"tokenizer.json": "0" * 64})
    assert not build.is_built(built / "elsewhere", EXPECTED)


def test_another_image_is_refused(built: Path) -> None:
    with pytest.raises(build.BuildFailed, match="image"):
        build.build(built / "config.json", built, EXPECTED)


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"E5S1", b"PK\x03\x04 and more"):
        path = tmp_path / "image.bin"
        path.write_bytes(content)

        with pytest.raises(image.ImageUnreadable):
            image.read(path)


def test_a_block_holds_its_scale_times_its_nibbles() -> None:
    nibbles = bytes((15 - low) << 4 | low for low in range(16))
    block = np.float16(0.5).tobytes() + nibbles
    shape = image.Shape(32, 0, 1, 0, 1, 1, 1)
    source = image.Image(shape, (), np.zeros(0, np.float32), {"m": block})

    row = source.matrix("m", 1, 32)[0]

    assert row.tolist() == [(n - 8) / 2 for n in (*range(16), *range(15, -1, -1))]


def test_fifty_thousand_pieces_stay_and_the_special_ones_keep_their_place(
    cutter: Tokenizer,
) -> None:
    assert cutter.get_vocab_size() == len(tokenizer.kept_ids()) <= 50_000
    assert [cutter.token_to_id(piece) for piece in tokenizer.SPECIAL] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "I can't do this any more.",
        "Ik zit er helemaal doorheen, echt waar!",
        "J'en peux plus, c'est pas possible :(",
        "Größe, café, coöperatie, œuvre €5 - 50% 🎉",
    ],
)
def test_everyday_text_has_no_unknown_piece(cutter: Tokenizer, text: str) -> None:
    assert cutter.token_to_id("<unk>") not in cutter.encode(text).ids


def test_blanks_controls_and_width_make_no_difference(cutter: Tokenizer) -> None:
    plain = cutter.encode("so tired of this").ids

    assert cutter.encode("  so\u00a0tired\n\n of\tthis\x00 ").ids == plain
    assert cutter.encode("\uff53\uff4f tired of this").ids == plain


def test_a_text_is_framed(cutter: Tokenizer) -> None:
    assert cutter.encode("").ids == [0, 2]
