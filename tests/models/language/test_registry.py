"""Models are what the registry says, or they are refused."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from models.language import registry
from models.language.digest import sha256
from models.language.labels import Signal
from models.language.registry import ModelRefused
from models.language.scorer import Scorer
from tests.fakes.tiny_classifier import SENTIMENT, tiny
from tests.suites.scorer import ROUNDED, ScorerSuite

SHIPPED = tomllib.loads((registry.FOLDER.parent / registry.FILE).read_text("utf-8"))


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    return registry.load("tiny", tiny(tmp_path_factory.mktemp("own"), SENTIMENT), threads=1)


class TestPlugged(ScorerSuite):
    """A classifier from a folder keeps the rules of every scorer."""

    close = ROUNDED

    def test_takes_the_place_of_the_heads_that_it_covers(self, scorer: Scorer) -> None:
        text = ["I am so proud of this team, thank you all!"]
        own, default = scorer.score(text), registry.load(threads=1).score(text)

        assert own.model == "tiny-1"
        assert not (own.sentiment_p == default.sentiment_p).all()
        assert (own.signals_p == default.signals_p).all()
        assert own.languages == default.languages


def test_a_classifier_may_bring_signals_of_its_own(tmp_path: Path) -> None:
    labels = 'LABEL_0 = "exhaustion", LABEL_1 = "conflict", LABEL_2 = "ignored"'
    own = registry.load("tiny", tiny(tmp_path, labels, several=True)).score(["I am ok"])
    default = registry.load(threads=1).score(["I am ok"])

    changed = {
        signal
        for place, signal in enumerate(Signal)
        if own.signals_p[0, place] != default.signals_p[0, place]
    }
    assert changed == {Signal.EXHAUSTION, Signal.CONFLICT}
    assert (own.sentiment_p == default.sentiment_p).all()


def test_a_label_that_the_mapping_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="LABEL_2"):
        registry.load("tiny", tiny(tmp_path, 'LABEL_0 = "negative", LABEL_1 = "positive"'))


def test_a_name_that_is_no_label_here_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="anger"):
        registry.load("tiny", tiny(tmp_path, SENTIMENT.replace("negative", "anger")))


def test_a_hub_model_without_its_revision_is_refused(tmp_path: Path) -> None:
    tiny(tmp_path, SENTIMENT)
    shutil.rmtree(tmp_path / "tiny")

    with pytest.raises(ModelRefused, match="revision"):
        registry.load("tiny", tmp_path)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelRefused, match="there are: frozen"):
        registry.load("nobody")


@pytest.mark.parametrize(
    "name",
    [
        "tuned-heads.safetensors",
        "tuned-layers.safetensors",
        "encoder/tokenizer.json",
        "encoder/config.json",
    ],
)
def test_a_changed_byte_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copytree(registry.FOLDER / "encoder", tmp_path / "encoder")
    for part in registry.FOLDER.glob("tuned-*.safetensors"):
        shutil.copy(part, tmp_path)
    path = tmp_path / name
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)

    with pytest.raises(ModelRefused, match=path.name):
        registry.load(weights=tmp_path)


def test_an_encoder_of_other_attention_is_refused(tmp_path: Path) -> None:
    shutil.copytree(registry.FOLDER / "encoder", tmp_path / "encoder")
    path = tmp_path / "encoder" / "config.json"
    told = json.loads(path.read_text("utf-8")) | {"num_attention_heads": 6}
    path.write_text(json.dumps(told, indent=1), "utf-8")

    with pytest.raises(ModelRefused, match=r"config\.json is not the file"):
        registry.load(weights=tmp_path)


@pytest.mark.parametrize("kind", ["absent", "a file"])
def test_a_folder_of_weights_that_is_none_is_refused(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "weights"
    if kind == "a file":
        place.write_text("weights")

    with pytest.raises(ModelRefused, match="folder of weights"):
        registry.load(weights=place)


@pytest.mark.parametrize("content", [b"[models.mine", b"\xff\xfe"])
def test_a_registry_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / registry.FILE).write_bytes(content)

    with pytest.raises(ModelRefused, match=r"registry\.toml cannot be read as TOML"):
        registry.load(weights=tmp_path)


def test_an_entry_that_says_what_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / registry.FILE).write_text('[models.mine]\nkind = "probe"\n')

    with pytest.raises(ModelRefused, match="model 'mine': heads is needed"):
        registry.load(weights=tmp_path)


def test_a_classifier_has_no_encoder_and_no_origin_of_ours(tmp_path: Path) -> None:
    tiny(tmp_path)

    for asked in (registry.origin, registry.encoder):
        with pytest.raises(ModelRefused, match="'tiny' is a classifier"):
            asked("tiny", tmp_path)


def test_heads_that_were_registered_cut_short_are_refused(tmp_path: Path) -> None:
    whole = (registry.FOLDER / "tuned-heads.safetensors").read_bytes()
    _registered(tmp_path, "heads", "sha256", whole[: len(whole) // 2])

    with pytest.raises(ModelRefused, match=r"'mine': mine-heads\.safetensors holds no heads"):
        registry.load("mine", tmp_path)


def test_a_file_of_something_else_is_no_heads(tmp_path: Path) -> None:
    save_file({"heads": np.zeros(3, np.float32)}, tmp_path / "other.safetensors")
    _registered(tmp_path, "heads", "sha256", (tmp_path / "other.safetensors").read_bytes())

    with pytest.raises(ModelRefused, match=r"'mine'.* holds no heads"):
        registry.load("mine", tmp_path)


@pytest.mark.parametrize("fault", ["cut short", "of another width"])
def test_layers_that_were_registered_and_cannot_be_are_refused(tmp_path: Path, fault: str) -> None:
    shipped = registry.FOLDER / "tuned-layers.safetensors"
    data = shipped.read_bytes()[:1000]
    if fault == "of another width":
        layers = load_file(shipped) | {"stack.0.mixed_norm.weight": np.ones(3, np.float16)}
        save_file(layers, tmp_path / "other.safetensors")
        data = (tmp_path / "other.safetensors").read_bytes()
    _registered(tmp_path, "layers", "layers_sha256", data)

    with pytest.raises(ModelRefused, match="'mine': its layers cannot be read, or do not fit"):
        registry.load("mine", tmp_path)


def _registered(folder: Path, part: str, digest: str, content: bytes) -> None:
    """The default model as *mine*, one *part* of it another file, with the digest of that."""
    path = folder / f"mine-{part}.safetensors"
    path.write_bytes(content)
    entry = SHIPPED["models"]["tuned"] | {part: path.name, digest: sha256(path)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    (folder / registry.FILE).write_text("\n".join(["[models.mine]", *lines]), "utf-8")


def test_a_missing_encoder_says_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "FOLDER", tmp_path)

    with pytest.raises(ModelRefused, match=r"models\.language\.weights\.build"):
        registry.load(threads=1)


@pytest.mark.parametrize("version", ["e5-tuned-2026.2", "e5-probe-2026.1"])
def test_a_version_names_files_that_hash_to_what_it_says(version: str) -> None:
    found = registry.weights_of(version)

    shipped = {name: digest for name, digest in found.items() if (registry.FOLDER / name).exists()}
    assert len(shipped) >= 1
    assert {name: sha256(registry.FOLDER / name) for name in shipped} == shipped
    assert {"model.safetensors", "tokenizer.json", "config.json"} < found.keys()


def test_a_version_that_the_registry_does_not_name_has_no_weights() -> None:
    assert registry.weights_of("fake-1") == {}
