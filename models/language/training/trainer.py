"""Trains a learner, and goes on where a run was cut off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from models.language.batching import Batch
from models.language.training import checkpoint, standardising
from models.language.training import learner as learning
from models.language.training.batches import Texts
from models.language.training.checkpoint import CheckpointUnreadable
from models.language.training.configuration import Configuration
from models.language.training.learner import Learner, Targets

SAVED_EVERY_S: Final = 120.0
_RECENT: Final = 100


class CannotGoOn(Exception):
    """What is saved belongs to another run, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is.

    Attributes:
        number: Batches done.
        of: Batches of the whole run.
        loss: Mean of the last hundred batches.
        tokens_a_second: Since this process began.
    """

    number: int
    of: int
    loss: float
    tokens_a_second: float


@dataclass(slots=True)
class Trainer:
    """One run.

    Attributes:
        learner: What is trained.
        texts: What it reads.
        targets: What it should say of them.
        configuration: How it is done.
        saved: The file that the run goes on from; it is written every two minutes.
        identity: Of the rows and the encoder: a run goes on with the same ones alone.
        again: Whether the learner has been trained before: then it starts as it is.
        clock: Seconds.
        spent: Seconds of processor time that the run has taken, in all processes.
        tokens_a_second: Learnt in this process; None before its first batch.
    """

    learner: Learner
    texts: Texts
    targets: Targets
    configuration: Configuration
    saved: Path
    identity: str
    again: bool = False
    clock: Callable[[], float] = time.monotonic
    spent: float = 0.0
    tokens_a_second: float | None = None
    _done: int = 0
    _losses: list[float] = field(default_factory=list)

    @property
    def loss(self) -> float:
        """Mean of the last hundred batches; there has been one."""
        recent = self._losses[-_RECENT:]
        return sum(recent) / len(recent)

    def run(self, tell: Callable[[Step], None], *, seconds: float | None = None) -> bool:
        """Train to the end, or for about *seconds*.

        Returns:
            Whether it is finished; if not, the same run goes on from ``saved``.

        Raises:
            CannotGoOn: ``saved`` belongs to another run, or cannot be read.
        """
        how = self.configuration
        plans = [
            self.texts.shuffled(how.tokens, seed=how.seed, epoch=epoch)
            for epoch in range(how.epochs)
        ]
        steps = sum(map(len, plans))
        computed = time.process_time()
        optimiser = self._optimiser()
        if not self._go_on(optimiser) and not self.again:
            standardising.start(self.learner, self.texts, how)
        self.learner.to(how.device).train()
        began = written = self.clock()
        tokens = 0
        for number, batch in enumerate(batch for plan in plans for batch in plan):
            if number < self._done:
                continue
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * rate(number, steps, how.warm_up)
            self._losses.append(self._learn(optimiser, batch))
            self._done = number + 1
            tokens += len(batch.rows) * batch.width
            now = self.clock()
            self.tokens_a_second = tokens / max(now - began, 1e-9)
            tell(Step(self._done, steps, self.loss, self.tokens_a_second))
            over = seconds is not None and now - began > seconds
            if over or now - written > SAVED_EVERY_S or self._done == steps:
                self.spent += time.process_time() - computed
                computed = time.process_time()
                self._save(optimiser)
                written = now
            if over:
                break
        return self._done == steps

    def _learn(self, optimiser: torch.optim.Optimizer, batch: Batch) -> float:
        how = self.configuration
        ids, mask = (one.to(how.device) for one in self.texts.padded(batch))
        wanted = self.targets.of(batch.rows).to(how.device)
        optimiser.zero_grad(set_to_none=True)
        torch.manual_seed(how.seed << 32 | self._done)  # a run that goes on drops the same
        with how.arithmetic():
            logits = self.learner(ids, mask)
        wrong = learning.loss(logits, wanted, how.importance)
        wrong.backward()  # type: ignore[no-untyped-call] # untyped there
        torch.nn.utils.clip_grad_norm_(_trained(self.learner), how.clip)
        optimiser.step()
        return float(wrong.detach())

    def _optimiser(self) -> torch.optim.Optimizer:
        how = self.configuration
        freeze(self.learner, how.frozen)
        matrices = [p for p in _trained(self.learner.encoder) if p.dim() > 1]
        vectors = [p for p in _trained(self.learner.encoder) if p.dim() == 1]
        groups = [
            {"params": matrices, "peak": how.encoder_rate, "weight_decay": how.decay},
            {"params": vectors, "peak": how.encoder_rate, "weight_decay": 0.0},
            {"params": list(self.learner.heads.parameters()), "peak": how.heads_rate,
             "weight_decay": how.decay},
        ]  # fmt: skip
        return torch.optim.AdamW(groups, lr=0.0, fused=True)

    def _go_on(self, optimiser: torch.optim.Optimizer) -> bool:
        if not self.saved.exists():
            return False
        try:
            found = checkpoint.read(self.saved)
        except CheckpointUnreadable as fault:
            raise CannotGoOn(f"{fault}: remove it, and the run starts anew") from None
        if found.get("run") != self._run():
            raise CannotGoOn(f"{self.saved} is of another run: remove it or name another file")
        self.learner.load_state_dict(found["learner"])
        optimiser.load_state_dict(found["optimiser"])
        self._done, self._losses, self.spent = found["done"], found["losses"], found["spent"]
        return True

    def _save(self, optimiser: torch.optim.Optimizer) -> None:
        checkpoint.write(
            self.saved,
            {
                "run": self._run(),
                "learner": self.learner.state_dict(),
                "optimiser": optimiser.state_dict(),
                "done": self._done,
                "losses": self._losses[-_RECENT:],
                "spent": self.spent,
            },
        )

    def _run(self) -> str:
        return f"{self.identity} {self.configuration.as_json()}"


def rate(step: int, steps: int, warm_up: float) -> float:
    """Share of the highest learning rate: up in a line, then down to nothing in a line.

    Example:
        >>> [rate(step, 10, 0.2) for step in (0, 1, 2, 9)]
        [0.5, 1.0, 1.0, 0.125]
    """
    rising = max(1, round(warm_up * steps))
    return min((step + 1) / rising, (steps - step) / max(1, steps - rising))


def freeze(learner: Learner, layers: int) -> None:
    """Leave the embeddings and the lowest *layers* as they are.

    Fine-tuning hardly moves the embeddings, and so nobody needs a second copy of them.
    """
    encoder = learner.encoder
    for part in (encoder.words, encoder.places, encoder.norm, *encoder.stack[:layers]):
        part.requires_grad_(requires_grad=False)


def _trained(module: torch.nn.Module) -> Iterator[Tensor]:
    return (parameter for parameter in module.parameters() if parameter.requires_grad)


@torch.inference_mode()
def logits(learner: Learner, texts: Texts, configuration: Configuration) -> dict[str, Tensor]:
    """What *learner* says of *texts*: of each family, shape ``(n, labels)``."""
    learner.to(configuration.device).eval()
    found: dict[str, Tensor] = {}
    for batch in texts.in_order(4 * configuration.tokens):
        ids, mask = (one.to(configuration.device) for one in texts.padded(batch))
        for name, said in learner(ids, mask).items():
            whole = found.setdefault(name, torch.zeros(len(texts.ids), said.shape[1]))
            whole[list(batch.rows)] = said.float().cpu()
    return found
