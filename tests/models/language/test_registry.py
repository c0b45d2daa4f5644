"""Models are what the registry says, or they are refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

from models.language import registry
from models.language.digest import sha256
from models.language.labels import Signal
from models.language.registry import ModelRefused
from models.language.scorer import Scorer
from tests.suites.scorer import ScorerSuite

ENTRY = """
[models.tiny]
kind = "classifier"
version = "tiny-1"
source = "tiny"
labels = {{ {labels} }}
"""
SENTIMENT = 'LABEL_0 = "negative", LABEL_1 = "neutral", LABEL_2 = "positive"'
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "ok", "I", "am", "team"]


def tiny(folder: Path, labels: str, *, several: bool = False) -> Path:
    """A randomly initialised XLM-R of three labels and a registry that names it."""
    torch.manual_seed(1)
    config = XLMRobertaConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=66,
        id2label={0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"},
        problem_type="multi_label_classification" if several else "single_label_classification",
    )
    # transformers leaves these two without types.
    network = XLMRobertaForSequenceClassification(config)  # type: ignore[no-untyped-call]
    network.save_pretrained(folder / "tiny")
    words = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, "<unk>"))
    words.pre_tokenizer = Whitespace()
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), WORDS, strict=False))
    cutter = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=words, model_max_length=64, **names
    )
    cutter.save_pretrained(folder / "tiny")
    (folder / "registry.toml").write_text(ENTRY.format(labels=labels))
    return folder


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    return registry.load("tiny", tiny(tmp_path_factory.mktemp("own"), SENTIMENT), threads=1)


class TestPlugged(ScorerSuite):
    """A classifier from a folder keeps the rules of every scorer."""

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
    "name", ["tuned-heads.safetensors", "tuned-layers.safetensors", "encoder/tokenizer.json"]
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
    assert {"model.safetensors", "tokenizer.json"} < found.keys()


def test_a_version_that_the_registry_does_not_name_has_no_weights() -> None:
    assert registry.weights_of("fake-1") == {}
