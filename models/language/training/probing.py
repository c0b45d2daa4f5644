"""Starts a run from a linear probe, so that untrained heads do not spoil what the encoder knows.

Source:
    Kumar et al. 2022, "Fine-tuning can distort pretrained features and underperform
    out-of-distribution", arXiv:2202.10054.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from models.language.training import learner as learning
from models.language.training.batches import Texts
from models.language.training.configuration import Configuration
from models.language.training.learner import Learner, Targets

STEPS: Final = 300
RATE: Final = 0.02
DECAY: Final = 1e-4
_SMALLEST: Final = 1e-6


def start(learner: Learner, texts: Texts, targets: Targets, how: Configuration) -> None:
    """Fit the heads of *learner* to its encoder as it is.

    The vectors of a sentence encoder lie in a narrow cone, which makes heads learn slowly:
    from here on every number of a vector is taken from its mean, in standard deviations.
    """
    vectors = _vectors(learner, texts, how)
    deviations = vectors.std(0, correction=0).clamp(min=_SMALLEST)
    learner.centre.copy_(vectors.mean(0))
    learner.scale.copy_(deviations)
    even = learner.even(vectors)
    wanted = targets.to(how.device)
    optimiser = torch.optim.AdamW(learner.heads.parameters(), lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        optimiser.zero_grad(set_to_none=True)
        wrong = learning.loss(learner.said(even), wanted, how.importance)
        wrong.backward()  # type: ignore[no-untyped-call] # untyped there
        optimiser.step()


@torch.no_grad()
def _vectors(learner: Learner, texts: Texts, how: Configuration) -> Tensor:
    """Shape ``(n, width)``, of the encoder alone."""
    learner.to(how.device).eval()
    vectors = torch.zeros(len(texts.ids), learner.encoder.width, device=how.device)
    for batch in texts.in_order(4 * how.tokens):
        ids, mask = (one.to(how.device) for one in texts.padded(batch))
        with how.arithmetic():
            vectors[list(batch.rows)] = learner.encoder(ids, mask).float()
    return vectors
