"""One micro-batch, without a broker."""

from __future__ import annotations

import pytest

from models.language.labels import Driver, Signal
from services.contracts import dead_letters, scores, settled
from services.contracts.bus import Incoming
from services.contracts.dead_letters import DeadLetterV1
from services.contracts.envelope import Envelope, Kind
from services.contracts.failures import Unavailable
from services.contracts.messages import TOPIC
from services.contracts.record import Record
from services.contracts.scores import ScoreV1
from services.contracts.settled import SettledV1, Settlement
from services.sentiment.batch import NO_MODEL, Scored, score_batch
from tests.fakes.records import HOUR, KEY, numbered
from tests.fakes.scorer import SignScorer
from tests.fakes.text_keys import MemoryKeys


def incoming(record: Record | bytes, offset: int = 0) -> Incoming:
    value = record if isinstance(record, bytes) else record.to_bytes()
    return Incoming(TOPIC, 2, offset, b"key", value)


def scored(*records: Record | bytes, keys: MemoryKeys | None = None) -> Scored:
    taken = [incoming(record, offset) for offset, record in enumerate(records)]
    return score_batch(taken, scorer=SignScorer(), keys=keys or MemoryKeys())


def sent(found: Scored, topic: str) -> list[bytes]:
    return [out.value for out in found.outgoing if out.topic == topic]


def test_a_message_keeps_its_envelope_and_gains_outputs() -> None:
    message = numbered(7, "++!-")
    [out] = scored(message).outgoing
    score = ScoreV1.from_bytes(out.value)

    assert (out.topic, out.key, out.partition) == (scores.TOPIC, b"key", 2)
    assert all(getattr(score, n) == getattr(message, n) for n in Envelope.model_fields)
    assert score.outputs is not None
    assert score.outputs.valence_micro == 250_000
    assert score.outputs.signals == (Signal.EXHAUSTION,)
    assert score.outputs.drivers == (Driver.WORKLOAD,)
    assert score.model == "signs-1"


@pytest.mark.parametrize("kind", [Kind.DELETE, Kind.WITHDRAW])
def test_what_has_no_text_is_passed_on_in_its_place(kind: Kind) -> None:
    found = scored(numbered(1, "+"), numbered(2, None, kind=kind), numbered(3, "-"))
    passed = [ScoreV1.from_bytes(value) for value in sent(found, scores.TOPIC)]

    assert [score.seq for score in passed] == [1, 2, 3]
    assert [s.outputs.valence_micro if s.outputs else None for s in passed] == [
        1_000_000,
        None,
        -1_000_000,
    ]
    assert (passed[1].kind, passed[1].model, passed[1].language) == (kind, NO_MODEL, None)


def test_what_cannot_be_decoded_is_set_aside_and_the_rest_is_scored() -> None:
    found = scored(b'{"kind": "canary"', numbered(2, "-"))
    [letter] = [DeadLetterV1.from_bytes(value) for value in sent(found, dead_letters.TOPIC)]

    assert (letter.topic, letter.partition, letter.offset) == (TOPIC, 2, 0)
    assert letter.faults == (("/", "json_invalid"),)
    assert len(sent(found, scores.TOPIC)) == 1
    assert sent(found, settled.TOPIC) == []
    assert not any(b"canary" in out.value for out in found.outgoing)
    assert found.outcomes == {"malformed": 1, "scored": 1}


def test_a_spool_forgets_what_is_set_aside_when_the_record_says_whose_it_is() -> None:
    found = scored(b'{"spool_id": "gateway-1", "seq": 8}', numbered(9).to_bytes()[:-1] + b',"x":}')

    assert [SettledV1.from_bytes(value) for value in sent(found, settled.TOPIC)] == [
        SettledV1(spool_id="gateway-1", seqs=(8,), settlement=Settlement.DEAD_LETTER)
    ]


def test_a_text_that_was_sealed_with_another_key_is_set_aside() -> None:
    found = scored(numbered(5, "canary"), keys=MemoryKeys({HOUR: KEY[::-1]}))
    [letter] = [DeadLetterV1.from_bytes(value) for value in sent(found, dead_letters.TOPIC)]

    assert letter.faults == (("/sealed", "not_authentic"),)
    assert SettledV1.from_bytes(found.outgoing[-1].value).settlement is Settlement.DEAD_LETTER
    assert found.outcomes == {"unreadable": 1}


def test_texts_whose_key_is_erased_are_settled_as_expired() -> None:
    found = scored(numbered(5), numbered(6), numbered(7, spool_id="gateway-2"), keys=MemoryKeys({}))

    assert [SettledV1.from_bytes(out.value) for out in found.outgoing] == [
        SettledV1(spool_id="gateway-1", seqs=(5, 6), settlement=Settlement.EXPIRED),
        SettledV1(spool_id="gateway-2", seqs=(7,), settlement=Settlement.EXPIRED),
    ]
    assert found.outcomes == {"expired": 3}


def test_a_message_that_no_spool_has_stamped_is_malformed() -> None:
    found = scored(numbered(0))

    assert found.outcomes == {"malformed": 1}
    assert sent(found, settled.TOPIC) == []


def test_a_key_store_that_is_away_is_waited_for_and_nothing_is_sent() -> None:
    with pytest.raises(Unavailable):
        scored(numbered(1), keys=MemoryKeys(silences=1))


def test_an_hours_key_is_looked_up_once_a_batch() -> None:
    keys = MemoryKeys()
    asked: list[int] = []

    class Counting:
        def key(self, hour: int) -> bytes | None:
            asked.append(hour)
            return keys.key(hour)

    score_batch([incoming(numbered(n)) for n in (1, 2, 3)], scorer=SignScorer(), keys=Counting())

    assert asked == [HOUR]
