"""One micro-batch as a step: records in, records to send out.  No broker in sight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import Field

from models.language.labels import Driver, Signal
from models.language.scorer import Scorer, Scores
from services.contracts import dead_letters, scores, settled
from services.contracts.bus import Incoming, Outgoing
from services.contracts.dead_letters import DeadLetterV1
from services.contracts.envelope import Envelope, Slug
from services.contracts.failures import Fault, Malformed
from services.contracts.messages import MessageV1
from services.contracts.record import Record
from services.contracts.scores import Outputs, ScoreV1
from services.contracts.settled import SettledV1, Settlement
from services.sentiment.opening import Keys, Opener
from services.telemetry.metrics.sentiment import Outcome

NO_MODEL: Final = "none"
"""What scored a message that has no text."""
_SIGNALS: Final = tuple(Signal)
_DRIVERS: Final = tuple(Driver)


class _Origin(Record):
    """Whose a record is: often readable when the rest is not."""

    spool_id: Slug
    seq: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Scored:
    """What a batch came to.

    Attributes:
        outgoing: Everything to deliver before the batch is acknowledged, in its order.
        outcomes: How many records became what.
    """

    outgoing: Sequence[Outgoing]
    outcomes: dict[Outcome, int]


@dataclass(slots=True)
class _Out:
    """What is collected while the batch is worked through."""

    records: list[Outgoing] = field(default_factory=list)
    given_up: dict[tuple[str, Settlement], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )
    outcomes: dict[Outcome, int] = field(default_factory=lambda: defaultdict(int))

    def set_aside(self, record: Incoming, fault: Malformed, outcome: Outcome) -> None:
        """Write a dead letter, and let the spool forget the message if it says whose it is."""
        self.outcomes[outcome] += 1
        letter = DeadLetterV1(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            faults=fault.faults,
        )
        self.records.append(Outgoing(dead_letters.TOPIC, None, letter.to_bytes()))
        try:
            origin = _Origin.from_bytes(record.value)
        except Malformed:
            return
        self.given_up[origin.spool_id, Settlement.DEAD_LETTER].append(origin.seq)

    def expire(self, message: MessageV1) -> None:
        """Nobody can read it any more: the spool forgets it, and says so."""
        self.outcomes["expired"] += 1
        self.given_up[message.spool_id, Settlement.EXPIRED].append(message.seq)

    def send(self, record: Incoming, message: MessageV1, found: Scores | None, row: int) -> None:
        """Pass *message* on without its text, to the partition of the same number.

        One worker owns a partition, so one producer writes each partition of the scores.
        """
        self.outcomes["forwarded" if found is None else "scored"] += 1
        score = ScoreV1(
            **{name: getattr(message, name) for name in Envelope.model_fields},
            language=None if found is None else found.languages[row],
            outputs=None if found is None else _outputs(found, row),
            model=NO_MODEL if found is None else found.model,
        )
        self.records.append(Outgoing(scores.TOPIC, record.key, score.to_bytes(), record.partition))

    def done(self) -> Scored:
        """All of it, what spools are told at the end."""
        told = [
            SettledV1(spool_id=spool_id, seqs=tuple(seqs), settlement=settlement)
            for (spool_id, settlement), seqs in self.given_up.items()
        ]
        last = [Outgoing(settled.TOPIC, one.spool_id.encode(), one.to_bytes()) for one in told]
        return Scored([*self.records, *last], dict(self.outcomes))


def _outputs(found: Scores, row: int) -> Outputs:
    return Outputs(
        valence_micro=round(float(found.valence[row]) * 1_000_000),
        signals=tuple(s for s, is_set in zip(_SIGNALS, found.signals[row], strict=True) if is_set),
        drivers=tuple(d for d, is_set in zip(_DRIVERS, found.drivers[row], strict=True) if is_set),
    )


def _decoded(raw: bytes) -> MessageV1:
    message = MessageV1.from_bytes(raw)
    if message.seq == 0:
        raise Malformed("MessageV1", (Fault("/seq", "unstamped"),))
    return message


def score_batch(records: Iterable[Incoming], *, scorer: Scorer, keys: Keys) -> Scored:
    """Score what can be read, pass on what has no text, set aside what cannot be read.

    Deletions and withdrawals keep their place among the posts of their partition.

    Raises:
        Unavailable: the key store does not answer; nothing was sent, so the whole batch may be
            tried again.
    """
    out, opener = _Out(), Opener(keys)
    read: list[tuple[Incoming, MessageV1, int | None]] = []
    texts: list[str] = []
    for record in records:
        try:
            message = _decoded(record.value)
        except Malformed as fault:
            out.set_aside(record, fault, "malformed")
            continue
        if not message.sealed:
            read.append((record, message, None))
            continue
        try:
            text = opener.open(message)
        except Malformed as fault:
            out.set_aside(record, fault, "unreadable")
            continue
        if text is None:
            out.expire(message)
            continue
        read.append((record, message, len(texts)))
        texts.append(text)
    found = scorer.score(texts) if texts else None
    for record, message, row in read:
        out.send(record, message, None if row is None else found, row or 0)
    return out.done()
