"""Runs any Hugging Face sequence classifier: texts in, a probability a label out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError

from models.language import batching

BUDGET = 2048
_LONGEST = 512


class ClassifierUnusable(Exception):
    """The classifier cannot be read, or gives no probabilities that the mapping names."""


class TransformersEngine:
    """A classifier as somebody trained it.

    Args:
        source: A folder, or the name of a model on the hub.
        revision: The commit to take from the hub; ignored for a folder.
        labels: What each of the classifier's labels is called here.  Several may share a
            name: their probabilities add.
        threads: As for the default engine.
        offline: Never reach for the network.

    Raises:
        ClassifierUnusable: it is not there whole, needs code of its own, has no words, no padding
            or no two labels, or has a label that *labels* lacks.
    """

    def __init__(
        self,
        source: str,
        *,
        revision: str | None,
        labels: Mapping[str, str],
        threads: int | None = None,
        offline: bool = False,
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self._tokenizer, self._model = _loaded(source, revision, offline=offline)
        config = self._model.config
        own = [str(config.id2label.get(index, index)) for index in range(config.num_labels)]
        if strangers := sorted(set(own) - set(labels)):
            raise ClassifierUnusable(f"the mapping lacks {', '.join(strangers)}")
        self.labels = tuple(dict.fromkeys(labels[name] for name in own))
        self._places = [self.labels.index(labels[name]) for name in own]
        self._several = config.problem_type == "multi_label_classification"
        if config.problem_type == "regression" or (len(own) == 1 and not self._several):
            raise ClassifierUnusable(
                "it has no two labels to choose from; one label alone is read where"
                " the problem_type of its config.json is multi_label_classification"
            )
        cutter = self._tokenizer
        marks = (cutter.sep_token_id, cutter.eos_token_id, cutter.unk_token_id, 0)
        self._blank: int = next(mark for mark in marks if mark is not None)
        room = min(_LONGEST, getattr(config, "max_position_embeddings", _LONGEST) - 2)
        self._window = min(room, self._tokenizer.model_max_length)

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape ``(n, labels)``, in the order of ``labels``; a long text is cut at the end."""
        readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        found = np.zeros((len(texts), len(self.labels)), np.float32)
        if not readable:
            return found
        ids = self._tokenizer(readable, truncation=True, max_length=self._window)["input_ids"]
        # A tokenizer that frames nothing leaves nothing of an empty text.
        ids = [one or [self._blank] for one in ids]
        for batch in batching.plan([len(one) for one in ids], budget=BUDGET):
            rows = list(batch.rows)
            inputs = self._tokenizer.pad(
                {"input_ids": [ids[row] for row in rows]}, return_tensors="pt"
            )
            with torch.inference_mode():
                logits = self._model(**inputs).logits.float()
            own = logits.sigmoid() if self._several else logits.softmax(dim=1)
            for place, column in zip(self._places, own.numpy().T, strict=True):
                found[rows, place] += column
        return np.minimum(found, 1)


def _loaded(source: str, revision: str | None, *, offline: bool) -> tuple[Any, Any]:
    """The tokenizer and the network, each of them whole."""
    # Importing it takes six seconds, which the default model does without.
    from transformers import (  # noqa: PLC0415
        AutoModelForSequenceClassification,
        AutoTokenizer,
    )

    # A folder is never looked up elsewhere; nothing that a model brings is ever run.
    chosen: dict[str, Any] = {
        "local_files_only": offline or Path(source).is_dir(),
        "trust_remote_code": False,
        "revision": revision or "main",
    }
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source, **chosen)
        found: Any = AutoModelForSequenceClassification.from_pretrained(
            source, use_safetensors=True, output_loading_info=True, **chosen
        )
    except SafetensorError:
        raise ClassifierUnusable("its weights are cut short, or no safetensors") from None
    except (OSError, ImportError):
        raise ClassifierUnusable("it cannot be read: a file or a library is missing") from None
    except (ValueError, LookupError, TypeError, RuntimeError):
        raise ClassifierUnusable(
            "it is no sequence classifier that is known here, or needs code of its own,"
            " which is never run, or its files do not fit together"
        ) from None
    network, told = found
    # Both would be made up where they are missing, and everything scored at random.
    if told["missing_keys"]:
        raise ClassifierUnusable("its weights lack a part, such as the layer that tells labels")
    if not set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens):
        raise ClassifierUnusable("its tokenizer has no words: a file of it is missing")
    if tokenizer.pad_token_id is None:
        raise ClassifierUnusable("its tokenizer has no pad_token, which a batch needs")
    if getattr(network.config, "pad_token_id", None) is None:
        network.config.pad_token_id = tokenizer.pad_token_id
    return tokenizer, network.eval()
