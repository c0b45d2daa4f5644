"""What is said of a text does not depend on what is scored with it: in eight bits, to the last."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.language import registry
from models.language.corpus import loader, split
from models.language.engine_torch import TorchEngine, fastest
from models.language.weights import build
from tests.suites.scorer import TEXTS

HELD_OUT = [one.text for one in loader.load() if split.held_out(one.id)]
SLOW = fastest() is not torch.int8
SOME = st.lists(st.sampled_from([*HELD_OUT[::9], *TEXTS]), min_size=1, max_size=24)


@cache
def engine(dtype: torch.dtype) -> TorchEngine:
    encoder, _, _ = registry.encoder()
    return TorchEngine(build.FOLDER, encoder, threads=1, dtype=dtype)


@cache
def alone(dtype: torch.dtype, text: str) -> np.ndarray:
    return engine(dtype).embed([text]).vectors


@pytest.mark.parametrize(
    ("dtype", "close"),
    [
        pytest.param(torch.int8, 0, marks=pytest.mark.skipif(SLOW, reason="no such processor")),
        (torch.float32, 1e-4),
    ],
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=SOME)
def test_a_text_has_the_same_vector_in_any_batch(
    dtype: torch.dtype, close: float, texts: list[str]
) -> None:
    together = engine(dtype).embed(texts).vectors

    for text, vector in zip(texts, together, strict=True):
        assert np.allclose(vector, alone(dtype, text)[0], rtol=0, atol=close)
