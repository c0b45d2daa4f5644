"""One sentence goes through success and failure; afterwards it is nowhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.contracts import dead_letters, messages
from services.contracts.topics import TOPICS
from tests.journey.feed import directory, event, identity, long_ago
from tests.journey.line import Line, line, until

CANARY = "zanzibar"
"""A word that stands nowhere in the product."""
SENTENCE = f"Honestly, my boss {CANARY} makes me want to quit."
WHO = identity("acme.one", 1)


def good(now: datetime) -> Iterator[bytes]:
    """Accepted: a post, its edit, and its deletion; the author's id is a canary too."""
    author = f"demo:{CANARY}/1"
    yield event(1, author, SENTENCE, now)
    yield event(2, author, f"{SENTENCE} Mail {CANARY}@example.org", now, version=2)
    yield event(3, WHO, f"@{CANARY} {SENTENCE}", now)


def bad(now: datetime) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """Refused: content type, body, headers."""
    one = "application/cloudevents+json"
    yield one, f'{{"specversion":"1.0", "{CANARY}'.encode(), {}
    yield one, f'{{"{CANARY}": "{SENTENCE}"}}'.encode(), {}
    yield one, event(4, f"demo:nobody-{CANARY}", SENTENCE, now), {}
    yield one, event(5, WHO, SENTENCE, now, channel=f"works-council-{CANARY}"), {}
    yield one, event(6, WHO, SENTENCE, now, visibility="direct"), {}
    yield one, event(7, WHO, SENTENCE * 1_000, now), {}
    yield one, event(8, WHO, SENTENCE, now + timedelta(days=2)), {}
    yield one, event(9, WHO, f"{SENTENCE}\0", now), {}
    yield one, event(10, WHO, SENTENCE, now, **{CANARY: SENTENCE}), {}
    yield one, b"[" * 10_000 + CANARY.encode(), {}
    yield f"text/{CANARY}", SENTENCE.encode(), {}
    yield one, event(11, WHO, SENTENCE, now), {"Authorization": f"Bearer {CANARY}"}


async def poison(running: Line) -> None:
    """Put records on the bus that no gateway of ours would write."""
    raw = [SENTENCE.encode(), json.dumps({"kind": CANARY, CANARY: SENTENCE}).encode()]
    async with AIOKafkaProducer(bootstrap_servers=running.installation.broker) as producer:
        for value in raw:
            await producer.send_and_wait(messages.TOPIC, value)


async def on_topic(broker: str, topic: str) -> list[bytes]:
    """Read everything that the topic holds."""
    reader = AIOKafkaConsumer(bootstrap_servers=broker, group_id=None, auto_offset_reset="earliest")
    async with reader:
        partitions = [TopicPartition(topic, p) for p in reader.partitions_for_topic(topic) or ()]
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        found: list[bytes] = []
        for _ in range(10):
            taken = await reader.getmany(timeout_ms=300)
            found += [r.value or b"" for batch in taken.values() for r in batch]
            found += [r.key or b"" for batch in taken.values() for r in batch]
        return found


async def everything_said(running: Line, now: datetime) -> list[bytes]:
    """Send the good and the bad; return every answer, with its headers."""
    people = directory(["acme.one"], 20, since=long_ago(now))
    people["people"][1]["identities"].append(f"demo:{CANARY}/1")
    people["people"][2]["name"] = f"Anna {CANARY.title()}"
    await running.feed.put_directory(people)
    one = {"Content-Type": "application/cloudevents+json"}
    answers = [
        await running.http.post("/v1/events", content=body, headers={**running.headers, **one})
        for body in good(now)
    ]
    assert {answer.status_code for answer in answers} == {202}
    for media, body, headers in bad(now):
        sent = {"Content-Type": media, **running.headers, **headers}
        answer = await running.http.post("/v1/events", content=body, headers=sent)
        assert 400 <= answer.status_code < 500, (media, answer.status_code)
        answers.append(answer)
    lines = b"\n".join([*good(now), b"{broken " + CANARY.encode()])
    sent = {**running.headers, "Content-Type": "application/x-ndjson"}
    answers.append(await running.http.post("/v1/events", content=lines, headers=sent))
    answers.append(await running.http.get(f"/{CANARY}", headers=running.headers))
    return [answer.content + repr(answer.headers).encode() for answer in answers]


async def pages(running: Line) -> list[bytes]:
    """Read what every process shows."""
    ports = running.installation.ports
    addresses = [
        *(f"http://127.0.0.1:{p}/metrics" for p in (ports.collector_probe, *ports.scorers)),
        *(f"{running.installation.ingest_url}/{p}" for p in ("metrics", "openapi.json", "readyz")),
        *(
            f"{running.installation.alerts_url}/{page}"
            for page in ("", "metrics", "metrics/indicators", "v1/indicators", "v1/units")
        ),
    ]
    return [(await running.http.get(address)).content for address in addresses]


@pytest.mark.timeout(180)
async def test_the_sentence_is_nowhere_afterwards(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    async with line(tmp_path) as running:
        said = await everything_said(running, now)
        await poison(running)
        await running.settled(seconds=90)
        broker = running.installation.broker

        async def both_set_aside() -> bool:
            return len([r for r in await on_topic(broker, dead_letters.TOPIC) if r]) >= 2

        await until(both_set_aside, seconds=60)
        shown = await pages(running)
        clean = [facts.name for facts in TOPICS if facts.name != messages.TOPIC]
        topics = await asyncio.gather(*(on_topic(broker, name) for name in clean))
        sealed = await on_topic(broker, messages.TOPIC)
    files = _files(tmp_path)

    where = [
        *(name for name, content in files.items() if _holds(content) and name != "gateway.db"),
        *(f"answer {n}" for n, content in enumerate(said) if _holds(content)),
        *(f"page {n}" for n, content in enumerate(shown) if _holds(content)),
        *(n for n, found in zip(clean, topics, strict=True) if any(map(_holds, found))),
    ]
    assert where == []
    # Zone A knows people, hence the author's name; it holds no words of theirs either.
    assert not [n for n, content in files.items() if b"makes me want" in content]
    assert {"spool.db", "climate.db", "gateway.db", "sentiment-1.log"} <= files.keys()
    # The two poisoned records are our own; what the gateway wrote is sealed.
    assert sum(map(_holds, sealed)) == 2
    assert len(sealed) > 6


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _holds(content: bytes) -> bool:
    return CANARY.encode() in content.lower()
