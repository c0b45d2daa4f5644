"""What the scoring worker does with a batch, ``messages.v1`` -> ``scores.v1``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from models.language.scorer import Scorer
from services.contracts import bus
from services.contracts.agents import until_available
from services.contracts.bus import Incoming, Sends
from services.contracts.failures import Dependency
from services.sentiment.batch import Scored, score_batch
from services.sentiment.dead_letter_limit import DeadLetterLimit
from services.sentiment.opening import Keys
from services.telemetry.metrics import sentiment as metrics


@dataclass(slots=True)
class Worker:
    """Scores a batch in a thread and returns once everything it came to is on the bus.

    Attributes:
        scorer: The model.
        keys: The keys of texts.
        sender: The producer.
        waiting: Told what does not answer, before each further try.
        limit: Stops a worker that can read hardly anything.
        deadline_s: For the deliveries of one batch.
        retry_s: First wait between two tries to deliver; it doubles.
        thread: Where batches are scored.  One thread and always the same: each further one that
            multiplies keeps memory of its own.
    """

    scorer: Scorer
    keys: Keys
    sender: Sends
    waiting: Callable[[Dependency], None]
    limit: DeadLetterLimit = field(default_factory=DeadLetterLimit)
    deadline_s: float = bus.DEADLINE_S
    retry_s: float = 0.1
    thread: Executor = field(default_factory=partial(ThreadPoolExecutor, 1, "scoring"))

    async def handle(self, records: Sequence[Incoming]) -> None:
        """Do everything that *records* ask for.

        Raises:
            Unavailable: the key store does not answer; nothing was sent.
            TooManyMalformed: nothing was sent.
        """
        began = time.perf_counter()
        work = partial(score_batch, records, scorer=self.scorer, keys=self.keys)
        scored = await asyncio.get_running_loop().run_in_executor(self.thread, work)
        malformed = scored.outcomes.get("malformed", 0) + scored.outcomes.get("unreadable", 0)
        self.limit.count(malformed, len(records) - malformed)
        # Repeated here, not by the caller: a broker that comes back costs no second scoring.
        deliver = partial(self._deliver, scored)
        await until_available(deliver, self.waiting, first_s=self.retry_s, longest_s=5)
        for outcome, count in scored.outcomes.items():
            metrics.records(outcome, count)
        metrics.BATCH_SECONDS.observe(time.perf_counter() - began)

    async def _deliver(self, scored: Scored) -> None:
        await bus.deliver(self.sender, scored.outgoing, deadline_s=self.deadline_s)
