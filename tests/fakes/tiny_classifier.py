"""A classifier as somebody might bring it, made in a blink and knowing nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    GPT2Config,
    GPT2ForSequenceClassification,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

from models.language.digest import sha256

SENTIMENT = 'LABEL_0 = "negative", LABEL_1 = "neutral", LABEL_2 = "positive"'
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "ok", "I", "am", "team"]
ENTRY = """
[models.tiny]
kind = "classifier"
version = "tiny-1"
licence = "Apache-2.0"
source = "tiny"
labels = {{ {labels} }}
sha256 = {{ {digests} }}
"""


def tiny(folder: Path, labels: str = SENTIMENT, *, count: int = 3, several: bool = False) -> Path:
    """A randomly initialised XLM-R of *count* labels and a registry that names it."""
    torch.manual_seed(1)
    config = XLMRobertaConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=66,
        id2label={place: f"LABEL_{place}" for place in range(count)},
        problem_type="multi_label_classification" if several else None,
    )
    # transformers leaves these two without types.
    network = XLMRobertaForSequenceClassification(config)  # type: ignore[no-untyped-call]
    network.save_pretrained(folder / "tiny")
    return _with_words(folder, labels, pads=True)


def tiny_gpt2(folder: Path, *, pads: bool) -> Path:
    """As ``tiny``, of an architecture whose configuration names no padding."""
    torch.manual_seed(1)
    config = GPT2Config(
        vocab_size=len(WORDS),
        n_embd=16,
        n_layer=1,
        n_head=2,
        n_positions=66,
        id2label={place: f"LABEL_{place}" for place in range(3)},
    )
    network = GPT2ForSequenceClassification(config)  # type: ignore[no-untyped-call]
    network.save_pretrained(folder / "tiny")
    return _with_words(folder, SENTIMENT, pads=pads)


def configured(folder: Path, **changes: Any) -> None:
    """Change the classifier's ``config.json`` in *folder*, and register that."""
    path = folder / "tiny" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")
    registered(folder)


def registered(folder: Path, labels: str = SENTIMENT) -> None:
    """Write the registry of *folder*, with the digests of what is there."""
    files = sorted((folder / "tiny").iterdir())
    digests = ", ".join(f'"{path.name}" = "{sha256(path)}"' for path in files)
    (folder / "registry.toml").write_text(ENTRY.format(labels=labels, digests=digests), "utf-8")


def _with_words(folder: Path, labels: str, *, pads: bool) -> Path:
    words = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, "<unk>"))
    words.pre_tokenizer = Whitespace()
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), WORDS, strict=False))
    if not pads:
        del names["pad_token"]
    cutter = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=words, model_max_length=64, **names
    )
    cutter.save_pretrained(folder / "tiny")
    registered(folder, labels)
    return folder
