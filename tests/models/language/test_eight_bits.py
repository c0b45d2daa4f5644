"""Eight bits lose what rounding loses and nothing else, and no row knows of another."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from models.language.eight_bits import EightBits

SEEDS = st.integers(0, 10_000)
ROWS = st.integers(1, 70)


def layer(seed: int) -> nn.Linear:
    """Random, with outputs of very different size."""
    torch.manual_seed(seed)
    found = nn.Linear(48, 16)
    with torch.no_grad():
        found.weight.mul_(torch.logspace(-3, 2, 16)[:, None])
    return found


@given(SEEDS, ROWS)
@torch.inference_mode()
def test_products_and_sums_are_those_of_whole_numbers(seed: int, rows: int) -> None:
    linear = layer(seed)
    given_rows = torch.randn(rows, 48) * torch.logspace(-2, 2, rows)[:, None]

    weights, inputs = linear.weight.double().numpy(), given_rows.double().numpy()
    by_output = np.abs(weights).max(1, keepdims=True) / 127
    by_row = np.abs(inputs).max(1, keepdims=True) / 127
    rounded = np.rint(inputs / by_row) @ np.rint(weights / by_output).T
    due = rounded * by_row * by_output.T + linear.bias.double().numpy()

    found = EightBits(linear)(given_rows).double().numpy()

    # A number that lies half-way may be rounded either way in single precision: one step.
    step = by_row * by_output.T * 127
    assert np.all(np.abs(found - due) <= step * 1.01 + 1e-4 * np.abs(due))
    assert np.abs(found - due).mean() < step.mean() / 100


@given(SEEDS, ROWS)
@torch.inference_mode()
def test_a_row_is_the_same_whoever_stands_beside_it(seed: int, rows: int) -> None:
    eight = EightBits(layer(seed))
    given_rows = torch.randn(rows, 48) * torch.logspace(-2, 2, rows)[:, None]

    alone = torch.cat([eight(given_rows[place : place + 1]) for place in range(rows)])

    assert torch.equal(alone, eight(given_rows))


@torch.inference_mode()
def test_a_row_of_noughts_gives_the_offsets() -> None:
    linear = layer(1)

    assert torch.equal(EightBits(linear)(torch.zeros(2, 48)), linear.bias.expand(2, -1))
