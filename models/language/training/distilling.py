"""What finished runs say of the texts that another run learns from, beside what people said.

Several runs together are better than each of them, and slower; one run that learns what they say
together keeps most of it.  It may be as large as they are: what is passed on is that a text is
nearly something else, which a label cannot say.

Source:
    Hinton, Vinyals & Dean 2015, "Distilling the knowledge in a neural network", arXiv:1503.02531;
    Furlanello et al. 2018, "Born-again neural networks", arXiv:1805.04770.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from models.language import network
from models.language.training import checkpoint, finished, trainer
from models.language.training.batches import Texts
from models.language.training.checkpoint import CheckpointUnreadable
from models.language.training.configuration import Configuration
from models.language.training.folding import Fold
from models.language.training.learner import ONE_OF, Learner, Targets
from models.language.training.rows import Row
from models.language.weights import build


@dataclass(frozen=True, slots=True)
class Teachers:
    """Finished runs that are asked together.

    Attributes:
        learners: Of each run the network, at least one.
        digest: Of all their weights.
        hours: Of processor time, by the digests of all runs that took it.
    """

    learners: Sequence[Learner]
    digest: str
    hours: dict[str, float]

    def answers(self, texts: Texts, how: Configuration) -> dict[str, Tensor]:
        """The probabilities of each family, shape ``(n, labels)``, by the mean of their logits."""
        with how.arithmetic():
            said = [trainer.logits(learner, texts, how) for learner in self.learners]
        means = {name: torch.stack([one[name] for one in said]).mean(0) for name in said[0]}
        return {
            name: mean.softmax(1) if name in ONE_OF else mean.sigmoid()
            for name, mean in means.items()
        }

    def remembered(
        self, texts: Texts, how: Configuration, saved: Path, run: str
    ) -> dict[str, Tensor]:
        """Their answers; a *run* that goes on finds them in *saved*, for asking takes minutes."""
        try:
            found = checkpoint.read(saved)
        except CheckpointUnreadable:  # or not there yet: they are asked
            found = {}
        if found.get("run") == run:
            kept: dict[str, Tensor] = found["answers"]
            return kept
        answers = self.answers(texts, how)
        checkpoint.write(saved, {"run": run, "answers": answers})
        return answers


def teachers(folders: Sequence[Path], fold: Fold | None) -> Teachers:
    """The runs in *folders*, of which each left *fold* out where the run that they teach does.

    They may read other layers than the one that they teach.

    Raises:
        DoesNotFit: one is not finished, or has learnt from what is left out.
    """
    learners = [Learner(network.load(build.FOLDER, finished.layers(one))) for one in folders]
    taken = [
        finished.take(learner, folder, fold)
        for learner, folder in zip(learners, folders, strict=True)
    ]
    hours = {digest: own for run in taken for digest, own in run.hours.items()}
    return Teachers(learners, " ".join(run.digest for run in taken), hours)


def shares(learnt: Sequence[Row], share: float) -> Tensor:
    """How much of what is said of each row teachers say, shape ``(n,)``: nothing of real words.

    Teachers that never read people's own words know them less well than their labels do, and
    pass that on (``docs/adr/0034``).
    """
    return torch.tensor([0.0 if row.real else share for row in learnt])


def blended(wanted: Targets, taught: Mapping[str, Tensor], shares: Tensor) -> Targets:
    """What people said with the *shares* of what was *taught* mixed in.

    Where people said nothing of a family, what was taught is trusted for its share of what the
    row is trusted for.

    Args:
        wanted: Of each family labels of shape ``(n, labels)`` and trust of shape ``(n,)``.
        taught: Of each family probabilities of shape ``(n, labels)``.
        shares: Of each row, shape ``(n,)``, from 0 to 1.
    """
    most = torch.stack(list(wanted.trust.values())).amax(0)
    labels, trust = {}, {}
    for name, found in wanted.labels.items():
        known = wanted.trust[name] > 0
        mixed = (1 - shares[:, None]) * found + shares[:, None] * taught[name]
        labels[name] = torch.where(known[:, None], mixed, taught[name])
        trust[name] = torch.where(known, wanted.trust[name], shares * most)
    return Targets(labels, trust)
