"""Starts a run: heads at nought, on vectors whose numbers have mean nought and deviation one.

The vectors of a sentence encoder lie in a narrow cone, in which heads learn slowly.  Heads that
are fitted before the encoder moves (Kumar et al. 2022, arXiv:2202.10054) ended worse here: what
1,920 numbers a text can fit is soon nothing but the texts themselves.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from models.language.training.batches import Texts
from models.language.training.configuration import Configuration
from models.language.training.learner import Learner

_SAMPLE: Final = 4_096
_SMALLEST: Final = 1e-6


@torch.no_grad()
def start(learner: Learner, texts: Texts, how: Configuration) -> None:
    """From here on *learner* takes every number of a vector from its mean, in deviations."""
    some = Texts(texts.ids[:: -(-len(texts.ids) // _SAMPLE)])
    vectors = _vectors(learner, some, how)
    learner.centre.copy_(vectors.mean(0))
    learner.scale.copy_(vectors.std(0, correction=0).clamp(min=_SMALLEST))
    for parameter in learner.heads.parameters():
        nn.init.zeros_(parameter)


def _vectors(learner: Learner, texts: Texts, how: Configuration) -> Tensor:
    """Shape ``(n, width)``, of the encoder as it is."""
    learner.to(how.device).eval()
    vectors = torch.zeros(len(texts.ids), learner.encoder.width, device=how.device)
    for batch in texts.in_order(4 * how.tokens):
        ids, mask = (one.to(how.device) for one in texts.padded(batch))
        with how.arithmetic():
            vectors[list(batch.rows)] = learner.encoder(ids, mask).float()
    return vectors
