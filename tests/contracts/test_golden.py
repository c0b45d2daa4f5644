"""Bytes of every version ever released still decode."""

from __future__ import annotations

import pytest

from services.contracts.failures import Malformed
from services.contracts.record import Record
from services.contracts.scores import ScoreV1
from services.contracts.topics import TOPICS
from tests.contracts.golden import EARLIER, GOLDEN

CASES = [
    pytest.param(record, raw, id=f"{record.__name__}-{n}") for n, (record, raw) in enumerate(GOLDEN)
]


@pytest.mark.parametrize(("record", "raw"), CASES)
def test_golden_bytes_round_trip(record: type[Record], raw: bytes) -> None:
    assert record.from_bytes(raw).to_bytes() == raw


@pytest.mark.parametrize(("record", "raw"), CASES)
def test_a_newer_producer_does_not_stop_an_older_consumer(record: type[Record], raw: bytes) -> None:
    assert record.from_bytes(raw[:-1] + b',"added_later":1}') == record.from_bytes(raw)


@pytest.mark.parametrize(("record", "raw"), EARLIER)
def test_a_record_of_an_earlier_release_says_no_hour(record: type[Record], raw: bytes) -> None:
    read = record.from_bytes(raw)

    assert read.to_bytes().replace(b',"hour":null', b"") == raw
    assert getattr(read, "hour", 0) is None


@pytest.mark.parametrize("raw", [b"{canary", b'{"kind":"canary"}', b"\xff canary", b"[" * 10_000])
@pytest.mark.parametrize(
    "record", dict.fromkeys(record for record, _ in GOLDEN), ids=lambda r: r.__name__
)
def test_malformed_tells_where_and_never_what(record: type[Record], raw: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        record.from_bytes(raw)

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_a_record_does_not_show_its_pseudonyms_or_its_sealed_text() -> None:
    for record, raw in GOLDEN:
        shown = repr(record.from_bytes(raw))

        assert "a" * 32 not in shown
        assert "d" * 32 not in shown
        assert "canary" not in shown


def test_every_topic_has_golden_bytes() -> None:
    modules = {record.__module__ for record, _ in GOLDEN}

    assert len(modules) == len(TOPICS) == len({facts.name for facts in TOPICS})


def test_no_field_of_a_score_can_hold_text() -> None:
    fields = set(ScoreV1.model_fields)

    assert not fields & {"text", "sealed", "name", "identity", "source_id", "at"}
