"""Our encoder says what the library's does, whatever stands beside a text."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from models.language import network

LAYERS = (1, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny BERT with random weights, saved as the library saves it."""
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=50, hidden_size=24, num_hidden_layers=4, num_attention_heads=3,
        intermediate_size=40, max_position_embeddings=32,
    )  # fmt: skip
    bert = BertModel(config, add_pooling_layer=False)  # type: ignore[no-untyped-call]
    bert.save_pretrained(tmp_path)
    return tmp_path


def test_it_agrees_with_the_library(folder: Path) -> None:
    bert = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()  # type: ignore[no-untyped-call]
    ids = torch.randint(5, 50, (6, 16))
    mask = (torch.arange(16) < torch.tensor([[16], [1], [9], [5], [16], [2]])).long()
    with torch.inference_mode():
        states = bert(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        weights = mask[:, :, None].float()
        expected = torch.cat([(states[n] * weights).sum(1) / weights.sum(1) for n in LAYERS], 1)
        found = network.load(folder, LAYERS)(ids, mask)

    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_it_learns_what_the_library_learns(folder: Path) -> None:
    bert = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()  # type: ignore[no-untyped-call]
    encoder = network.load(folder, [3])
    ids = torch.randint(5, 50, (4, 16))
    mask = (torch.arange(16) < torch.tensor([[16], [1], [9], [5]])).long()
    state = bert(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states[3]
    weights = mask[:, :, None].float()
    wanted = torch.randn(4, 24)
    ((state * weights).sum(1) / weights.sum(1) * wanted).sum().backward()
    (encoder(ids, mask) * wanted).sum().backward()

    found = encoder.get_submodule("stack.0.up").weight
    assert isinstance(found, torch.nn.Parameter)
    assert found.grad is not None
    expected = bert.encoder.layer[0].intermediate.dense.weight.grad
    torch.testing.assert_close(found.grad, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("lengths", [[1], [16, 16], [16, 3, 9, 1, 5], [16] * 3])
def test_few_sizes_are_multiplied_whatever_is_read(folder: Path, lengths: list[int]) -> None:
    encoder = network.load(folder, LAYERS)
    ids = torch.randint(5, 50, (len(lengths), 16))
    mask = (torch.arange(16) < torch.tensor(lengths)[:, None]).long()
    sizes: list[int] = []
    for module in encoder.stack.modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_hook(lambda _, given, __: sizes.append(len(given[0])))

    encoder(ids, mask)

    assert len(sizes) == 4 * 3
    assert set(sizes) == {-(-sum(lengths) // 32) * 32}


@pytest.mark.parametrize("layers", [(), (0,), (5,)])
def test_a_layer_that_is_not_there_is_refused(folder: Path, layers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="layers must lie in"):
        network.load(folder, layers)


def test_something_is_dropped_while_it_learns_and_nothing_when_it_scores(folder: Path) -> None:
    encoder = network.load(folder, LAYERS, dropout=0.5)
    ids, mask = torch.randint(5, 50, (6, 16)), torch.ones(6, 16, dtype=torch.long)
    plain = network.load(folder, LAYERS)(ids, mask)

    assert torch.equal(encoder(ids, mask), plain)
    encoder.train()
    assert not torch.equal(encoder(ids, mask), plain)


def test_a_share_is_dropped_and_what_is_kept_makes_up_for_it() -> None:
    state = torch.ones(400, 125)
    dropout = network.Dropout(0.25)
    torch.manual_seed(3)
    first = dropout(state)
    torch.manual_seed(3)
    again = dropout(state)

    assert torch.equal(first, again)
    assert first.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert float((first == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert float((first[:-1] == first[1:]).float().mean()) == pytest.approx(0.625, abs=0.01)
    assert torch.equal(network.Dropout(0.0)(state), state)
