"""``make bench``: how fast each part of the line is, on the machine that is named."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

import click
import httpx2
from sqlalchemy import func, select

from models.language.corpus.loader import load
from models.language.corpus.split import held_out
from services.alerts import database
from services.alerts.tables.pseudonymous import OPEN_SCORE
from services.embedded.broker import resident_bytes
from services.embedded.installation import Installation
from services.embedded.supervisor import Program
from tests.bench import closing, gate, simulation
from tests.bench.figure import say
from tests.broker import kafka
from tests.journey.feed import directory, event, identity, long_ago
from tests.journey.line import Line
from tests.journey.stack import stack

UNITS = [f"acme.u{n}" for n in range(100)]
PEOPLE = 10_000
SIZES = (1_000, 10_000, 100_000)
SECONDS = 8.0
STACKS = {"embedded": "Embedded broker, SQLite", "kafka": "Apache Kafka, PostgreSQL"}
PARTS = ("gate", "closing", "simulation", "line")
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


def lines(texts: list[str], size: int, people: int = PEOPLE) -> list[bytes]:
    """Make *size* new events."""
    now = datetime.now(UTC)
    a_unit = people // len(UNITS)
    return [
        event(n, identity(UNITS[n % 100], n // 100 % a_unit), texts[n % len(texts)], now)
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
    on: str, changed: Callable[[Installation, list[Program]], list[Program]], people: int = PEOPLE
) -> AsyncIterator[Line]:
    """Start the line on a pair of broker and database, with a directory of so many people."""
    with tempfile.TemporaryDirectory() as folder:
        async with stack(on, Path(folder), changed=changed) as running:
            since = long_ago(datetime.now(UTC))
            await running.line.feed.put_directory(
                directory(UNITS, people // len(UNITS), since=since)
            )
            yield running.line


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


async def accepting(on: str, texts: list[str]) -> None:
    """Measure the gateway: admission and durable spool, with nobody else at work."""
    async with fed(on, gateway_alone) as running:
        single = {**running.headers, "Content-Type": "application/cloudevents+json"}

        async def one() -> int:
            [body] = lines(texts, 1)
            answer = await running.http.post("/v1/events", content=body, headers=single)
            return int(answer.status_code == httpx2.codes.ACCEPTED)

        singles = [await repeated(32, one) for _ in range(3)]
    say("accepted events/s, one a request", statistics.median(singles))
    for people in SIZES:
        async with fed(on, gateway_alone, people) as running:
            batches = [await repeated(8, partial(many, running, texts, people)) for _ in range(3)]
            used = memory(running)["ingest"]
        say(f"accepted events/s, NDJSON x200, {people:,} people", statistics.median(batches))
        say(f"memory of the gateway, MB, {people:,} people", used)


async def many(running: Line, texts: list[str], people: int) -> int:
    """Post 200 events at once."""
    headers = {**running.headers, "Content-Type": "application/x-ndjson"}
    body = b"\n".join(lines(texts, 200, people))
    answer = await running.http.post("/v1/events", content=body, headers=headers)
    return int(answer.json()["accepted"])


async def piping(
    on: str, texts: list[str], name: str, events: int, changed: Callable[..., list[Program]]
) -> None:
    """Measure from the first event accepted to the last one collected."""
    async with fed(on, changed) as running:
        await running.feed.send(lines(texts, 200))  # warm: the workers have joined their groups
        await running.settled(seconds=120)
        before, began = processor_time(running), time.perf_counter()
        for _ in range(0, events, 200):
            await running.feed.send(lines(texts, 200))
        await running.settled(seconds=600)
        say(f"pipeline events/s, {name}", events / (time.perf_counter() - began))
        for process, used in processor_time(running).items():
            spent = (used - before[process]) / events * 1_000_000
            say(f"processor time with {name}, us an event, {process}", spent)
        for process, used in memory(running).items():
            say(f"memory with {name}, MB, {process}", used)


async def waiting(on: str, texts: list[str]) -> None:
    """Measure from the 202 to the committed row, at 50 events a second."""
    async with fed(on, lambda _, programs: programs) as running:
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
    engine = database.reading(database.open_engine(running.installation.climate))

    def held() -> int:
        with engine.connect() as climate:
            return climate.scalar(select(func.count()).select_from(OPEN_SCORE)) or 0

    before = held()
    while len(seen) < events:
        rows = await asyncio.to_thread(held)
        seen += [time.perf_counter()] * (rows - before - len(seen))
        await asyncio.sleep(0.02)
    engine.dispose()


def memory(running: Line) -> dict[str, float]:
    """Resident megabytes of each process."""
    return {
        name: resident_bytes(pid) / 1_000_000 for name, pid in running.supervisor.pids().items()
    }


def processor_time(running: Line) -> dict[str, float]:
    """Seconds that each process has computed."""
    return {name: processor_seconds(pid) for name, pid in running.supervisor.pids().items()}


def processor_seconds(pid: int) -> float:
    """Seconds that *pid* has computed, in user and in system mode (proc(5), fields 14 and 15)."""
    after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


async def measure(on: str) -> None:
    """Measure everything on one pair of broker and database."""
    texts = sentences()
    await accepting(on, texts)
    await piping(on, texts, "null scorer", 20_000, with_null_scorer)
    await piping(on, texts, "the shipped model", 3_000, lambda _, programs: programs)
    await waiting(on, texts)


@click.command()
@click.option(
    "--only",
    "parts",
    type=click.Choice(PARTS),
    multiple=True,
    default=PARTS,
    help="Only this part: the gate, the closing of windows, the simulator, the line of processes.",
)
@click.option(
    "--people",
    type=click.IntRange(min=100),
    multiple=True,
    default=closing.SIZES,
    help="Size of an organisation whose windows close.",
)
@click.option(
    "--database",
    "where",
    type=click.Choice(closing.DATABASES),
    default=closing.DATABASES[0],
    help="Where its windows close.",
)
@click.option(
    "--stack",
    "stacks",
    type=click.Choice(list(STACKS)),
    multiple=True,
    help="Only this pair of broker and database; both where there is a Kafka.",
)
def bench(
    parts: tuple[str, ...], people: tuple[int, ...], where: str, stacks: tuple[str, ...]
) -> None:
    """Measure how fast each part of the line is: medians of three runs, where one run is short."""
    print(f"Machine: {machine()}", flush=True)
    if "gate" in parts:
        gate.measure()
    if "closing" in parts:
        closing.measure(people, where)
    if "simulation" in parts:
        simulation.measure()
    for on in (stacks or STACKS) if "line" in parts else ():
        if on == "kafka" and kafka.program() is None:
            print(f"Left out: {kafka.ABSENT}")
            continue
        print(f"{STACKS[on]}; directory of {PEOPLE:,} people", flush=True)
        asyncio.run(measure(on))


if __name__ == "__main__":
    bench()
