"""A classifier that cannot give probabilities is refused before it scores, in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from models.language import registry
from models.language.labels import Signal
from models.language.registry import ModelRefused
from tests.fakes.tiny_classifier import configured, registered, tiny, tiny_gpt2

TEXTS = ["I am ok", "", "team"]


def test_one_label_of_a_choice_is_refused_since_it_would_be_certain(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="'tiny': it has no two labels to choose from"):
        registry.load("tiny", tiny(tmp_path, 'LABEL_0 = "exhaustion"', count=1))


def test_one_label_that_is_there_or_not_is_read(tmp_path: Path) -> None:
    folder = tiny(tmp_path, 'LABEL_0 = "exhaustion"', count=1, several=True)
    scores = registry.load("tiny", folder, threads=1).score(TEXTS)

    p = scores.signals_p[:, list(Signal).index(Signal.EXHAUSTION)]
    assert ((p > 0.01) & (p < 0.99)).all()


def test_a_number_is_no_probability(tmp_path: Path) -> None:
    configured(tiny(tmp_path), problem_type="regression")

    with pytest.raises(ModelRefused, match="no two labels"):
        registry.load("tiny", tmp_path)


def _without_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


def _cut_short(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _without_head(folder: Path) -> None:
    path = folder / "model.safetensors"
    tensors = load_file(path)
    kept = {name: value for name, value in tensors.items() if "classifier" not in name}
    save_file(kept, path, metadata={"format": "pt"})


def _of_another_width(folder: Path) -> None:
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["classifier.out_proj.bias"] = np.zeros(5, np.float32)
    save_file(tensors, path, metadata={"format": "pt"})


def _with_code(folder: Path) -> None:
    path = folder / "config.json"
    own = {"AutoConfig": "own.Config", "AutoModelForSequenceClassification": "own.Model"}
    told = json.loads(path.read_text()) | {"model_type": "own", "auto_map": own}
    path.write_text(json.dumps(told))
    (folder / "own.py").write_text("raise SystemExit('it was run')\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_without_tokenizer, "its tokenizer has no words"),
        (_cut_short, "its weights are cut short"),
        (_without_weights, "it cannot be read: a file"),
        (_without_head, "its weights lack a part"),
        (_of_another_width, "its files do not fit together"),
        (_with_code, "needs code of its own"),
        (lambda folder: (folder / "config.json").write_text("{}"), "no sequence classifier"),
        (lambda folder: (folder / "config.json").write_text("[]"), "no sequence classifier"),
        (lambda folder: (folder / "config.json").write_text("{"), "it cannot be read"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "do not fit together"),
    ],
)
def test_what_is_registered_and_cannot_be_run_is_refused(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(tiny(tmp_path) / "tiny")
    registered(tmp_path)

    with pytest.raises(ModelRefused, match=f"'tiny': .*{said}"):
        registry.load("tiny", tmp_path)


def test_an_unknown_architecture_is_refused(tmp_path: Path) -> None:
    configured(tiny(tmp_path), model_type="nobody-knows")

    with pytest.raises(ModelRefused, match="'tiny': it is no sequence classifier that is known"):
        registry.load("tiny", tmp_path)


def test_a_tokenizer_without_padding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="'tiny': its tokenizer has no pad_token"):
        registry.load("tiny", tiny_gpt2(tmp_path, pads=False))


def test_a_network_that_names_no_padding_takes_its_tokenizers(tmp_path: Path) -> None:
    scorer = registry.load("tiny", tiny_gpt2(tmp_path, pads=True), threads=1)
    together = scorer.score(TEXTS).sentiment_p
    alone = np.concatenate([scorer.score([text]).sentiment_p for text in TEXTS])

    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_a_folder_without_digests_is_refused(tmp_path: Path) -> None:
    path = tiny(tmp_path) / registry.FILE
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))

    with pytest.raises(ModelRefused, match=r"'tiny': its sha256 must name .* lacks config\.json"):
        registry.load("tiny", tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_changed_byte_of_any_file_is_refused(tmp_path: Path, name: str) -> None:
    path = tiny(tmp_path) / "tiny" / name
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)

    with pytest.raises(ModelRefused, match=f"{name} is not the file that the registry names"):
        registry.load("tiny", tmp_path)


def test_a_file_that_nobody_registered_is_refused_and_a_hidden_one_ignored(tmp_path: Path) -> None:
    folder = tiny(tmp_path) / "tiny"
    (folder / ".cache").mkdir()
    (folder / ".cache" / "download").write_text("")
    registry.load("tiny", tmp_path, threads=1)
    (folder / "vocab.txt").write_text("ok\n")

    with pytest.raises(ModelRefused, match=r"lacks vocab\.txt"):
        registry.load("tiny", tmp_path)


@pytest.mark.parametrize("line", ['companion = "tiny"', ""])
def test_a_companion_that_is_a_classifier_is_refused(tmp_path: Path, line: str) -> None:
    path = tiny(tmp_path) / registry.FILE
    path.write_text(f'default = "tiny"\n{path.read_text()}\n{line}\n')

    with pytest.raises(ModelRefused, match="'tiny': its companion 'tiny' is a classifier as well"):
        registry.load("tiny", tmp_path)


def test_a_companion_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tiny(tmp_path) / registry.FILE
    path.write_text(f'{path.read_text()}\ncompanion = "nobody"\n')

    with pytest.raises(ModelRefused, match="no model is called 'nobody'"):
        registry.load("tiny", tmp_path)


@pytest.mark.parametrize("kind", ["absent", "a folder"])
def test_a_file_that_is_registered_and_none_is_refused(tmp_path: Path, kind: str) -> None:
    path = tiny(tmp_path) / "tiny" / "config.json"
    path.unlink()
    if kind == "a folder":
        path.mkdir()

    with pytest.raises(ModelRefused, match=r"config\.json is missing"):
        registry.load("tiny", tmp_path)
