"""Weights that are laid out beforehand give the same sums."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from models.language.engine_torch import precision
from models.language.half import Half

pytestmark = pytest.mark.skipif(
    precision() is not torch.bfloat16, reason="this processor does not multiply in bfloat16"
)
SEEDS = st.integers(0, 10_000)
ROWS = st.integers(1, 70)


def layer(seed: int) -> nn.Linear:
    torch.manual_seed(seed)
    return nn.Linear(48, 16)


@given(SEEDS, ROWS)
@torch.inference_mode()
def test_sums_are_those_of_the_rounded_numbers(seed: int, rows: int) -> None:
    linear = layer(seed)
    inputs = torch.randn(rows, 48).bfloat16()
    due = functional.linear(
        inputs.double(), linear.weight.bfloat16().double(), linear.bias.bfloat16().double()
    )

    plain = Half(linear, bent=False)(inputs)
    bent = Half(linear, bent=True)(inputs)

    assert plain.dtype == bent.dtype == torch.bfloat16
    torch.testing.assert_close(plain.double(), due, rtol=2**-8, atol=1e-5)
    torch.testing.assert_close(bent.double(), functional.gelu(due), rtol=2**-7, atol=1e-3)


@torch.inference_mode()
def test_the_layer_that_it_is_made_of_stays_as_it_is() -> None:
    linear = layer(1)
    before = linear.weight.clone()

    Half(linear, bent=True)

    assert torch.equal(linear.weight, before)
