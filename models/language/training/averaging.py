"""One model out of several runs of the same configuration: the mean of their weights.

Source:
    Wortsman et al. 2022, "Model soups: averaging weights of multiple fine-tuned models improves
    accuracy without increasing inference time", arXiv:2203.05482.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.language.heads import Linear
from models.language.network import Encoder
from models.language.training.learner import Learner


def encoder(learners: Sequence[Learner]) -> Encoder:
    """The encoder of the first of *learners*, from now on with the mean of all their weights."""
    states = [learner.encoder.state_dict() for learner in learners]
    mean = {name: torch.stack([one[name] for one in states]).mean(0) for name in states[0]}
    result = learners[0].encoder
    result.load_state_dict(mean)
    return result


def linear(learners: Sequence[Learner], family: str) -> Linear:
    """The mean of their heads of *family*, each for vectors as the encoder makes them."""
    heads = [learner.linear(family) for learner in learners]
    return Linear(
        np.mean([head.weights for head in heads], axis=0),
        np.mean([head.offsets for head in heads], axis=0),
    )
