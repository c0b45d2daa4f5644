"""``make bench``: how fast each part of the line is, on the machine that is named."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx2

from models.language.corpus.loader import load
from models.language.corpus.split import held_out
from services.embedded.installation import Installation
from services.embedded.supervisor import Program
from tests.journey.feed import directory, event, identity, long_ago
from tests.journey.line import Line, line

UNITS = [f"acme.u{n}" for n in range(100)]
A_UNIT = 100
SECONDS = 8.0
NUMBERS = count()


def machine() -> str:
    """The processor, its cores and the Python."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
        name = re.findall(r"model name\s*:\s*(.+)", text)[0]
    except (OSError, IndexError):
        name = platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def sentences() -> list[str]:
    """Authored messages in three languages, none of them trained on."""
    return [example.text for example in load() if held_out(example.id)]


def lines(texts: list[str], size: int) -> list[bytes]:
    """Make *size* new events."""
    now = datetime.now(UTC)
    return [
        event(n, identity(UNITS[n % 100], n // 100 % A_UNIT), texts[n % len(texts)], now)
        for n in (next(NUMBERS) for _ in range(size))
    ]


def with_null_scorer(_: Installation, programs: list[Program]) -> list[Program]:
    """Replace the scorer by one that takes no time."""
    null = [sys.executable, "-m", "tests.bench.null_scorer"]
    return [replace(p, arguments=null) if p.name.startswith("sentiment") else p for p in programs]


def gateway_alone(_: Installation, programs: list[Program]) -> list[Program]:
    """Leave out whatever would take processor time from the gateway."""
    return [p for p in programs if p.name in {"ingest", "alerts"}]


@asynccontextmanager
async def fed(
    changed: Callable[[Installation, list[Program]], list[Program]],
) -> AsyncIterator[Line]:
    """Start the line with a directory of 10,000 people."""
    with tempfile.TemporaryDirectory() as folder:
        async with line(Path(folder), changed=changed) as running:
            people = directory(UNITS, A_UNIT, since=long_ago(datetime.now(UTC)))
            await running.feed.put_directory(people)
            yield running


async def repeated(workers: int, once: Callable[[], Awaitable[int]]) -> float:
    """Repeat *once* in parallel for a while; return events a second."""
    done, began = 0, time.perf_counter()

    async def worker() -> None:
        nonlocal done
        while time.perf_counter() - began < SECONDS:
            events = await once()  # apart: the sum must not be read before the wait
            done += events

    await asyncio.gather(*(worker() for _ in range(workers)))
    return done / (time.perf_counter() - began)


async def accepting(texts: list[str]) -> None:
    """Measure the gateway: admission and durable spool, with nobody else at work."""
    async with fed(gateway_alone) as running:
        single = {**running.headers, "Content-Type": "application/cloudevents+json"}
        batch = {**running.headers, "Content-Type": "application/x-ndjson"}

        async def one() -> int:
            [body] = lines(texts, 1)
            answer = await running.http.post("/v1/events", content=body, headers=single)
            return int(answer.status_code == httpx2.codes.ACCEPTED)

        async def many() -> int:
            body = b"\n".join(lines(texts, 200))
            answer = await running.http.post("/v1/events", content=body, headers=batch)
            return int(answer.json()["accepted"])

        singles = [await repeated(32, one) for _ in range(3)]
        batches = [await repeated(8, many) for _ in range(3)]
    say("accepted events/s, one a request", statistics.median(singles))
    say("accepted events/s, NDJSON x200", statistics.median(batches))


async def piping(
    texts: list[str], name: str, events: int, changed: Callable[..., list[Program]]
) -> None:
    """Measure from the first event accepted to the last one collected."""
    async with fed(changed) as running:
        await running.feed.send(lines(texts, 200))  # warm: the workers have joined their groups
        await running.settled(seconds=120)
        began = time.perf_counter()
        for _ in range(0, events, 200):
            await running.feed.send(lines(texts, 200))
        await running.settled(seconds=600)
        say(f"pipeline events/s, {name}", events / (time.perf_counter() - began))


async def waiting(texts: list[str]) -> None:
    """Measure from the 202 to the committed row, at 50 events a second."""
    async with fed(lambda _, programs: programs) as running:
        await running.feed.send(lines(texts, 200))
        await running.settled(seconds=120)
        accepted: list[float] = []
        collected: list[float] = []
        rows = asyncio.create_task(collecting(running, collected, 1_000))
        for _ in range(200):
            began = time.perf_counter()
            await running.feed.send(lines(texts, 5))
            accepted += [time.perf_counter()] * 5
            await asyncio.sleep(max(0.0, 0.1 - (time.perf_counter() - began)))
        await asyncio.wait_for(rows, 60)
    took = sorted(after - before for before, after in zip(accepted, collected, strict=True))
    for share in (0.5, 0.95):
        say(f"accepted to collected at 50/s, p{share * 100:.0f}, s", took[int(share * len(took))])


async def collecting(running: Line, seen: list[float], events: int) -> None:
    """Note when the first, second, ... of *events* further rows is in the climate database."""
    with sqlite3.connect(running.installation.climate, timeout=10) as climate:

        def held() -> int:
            [[rows]] = climate.execute("SELECT count(*) FROM open_score")
            return int(rows)

        before = held()
        while len(seen) < events:
            seen += [time.perf_counter()] * (held() - before - len(seen))
            await asyncio.sleep(0.02)


def say(what: str, value: float) -> None:
    """Print one figure."""
    print(f"{what:52} {value:12,.2f}", flush=True)


async def main() -> None:
    """Measure everything."""
    texts = sentences()
    print(f"Machine: {machine()}; embedded broker, SQLite; directory of 10,000 people", flush=True)
    await accepting(texts)
    await piping(texts, "null scorer", 20_000, with_null_scorer)
    await piping(texts, "the shipped model", 3_000, lambda _, programs: programs)
    await waiting(texts)


if __name__ == "__main__":
    asyncio.run(main())
