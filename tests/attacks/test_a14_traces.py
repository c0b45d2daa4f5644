"""A14: read what the machine wrote down while it worked.

Who: anyone with access to logs, metrics, dead letters and crash reports: administrators, and
whoever they send a log file to.
What they try: they search for what somebody said, for a name, or for the pseudonym of a person,
which in two places would tie them together.
"""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from sqlalchemy import select

from services.alerts import database
from services.alerts.tables import released
from services.contracts import channels, dead_letters, messages, progress, settled, units
from services.telemetry import logs
from tests.attacks.figures import note
from tests.journey.line import Line, line, until
from tests.journey.test_canary import CANARY, SENTENCE, everything_said, on_topic, pages, poison

ANONYMOUS = (
    channels.TOPIC,
    dead_letters.TOPIC,
    progress.TOPIC,
    settled.TOPIC,
    units.TOPIC,
)
WHAT = "log lines of a failure that hold the message"


def fail(text: str) -> None:
    """Fail in the middle of somebody's sentence."""
    raise ValueError(f"cannot score {text[:20]}")


def logged(processors: list[Any]) -> str:
    """The line that a logger with *processors* writes when scoring fails."""
    line: Any = {"event": "worker.halted", "level": "critical", "exc_info": True}
    try:
        fail(SENTENCE)
    except ValueError:
        for step in processors:
            line = step(None, "critical", line)
    return str(line)


def test_a_logger_as_it_is_recommended_writes_the_sentence_down() -> None:
    usual = logged([structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()])
    note("A14", WHAT, without=f"the sentence {usual.count(SENTENCE)} times")

    assert SENTENCE in usual


def test_ours_writes_down_what_kind_of_failure_it_was() -> None:
    line = logged([logs.allow_listed(strict=True), structlog.processors.JSONRenderer()])

    assert json.loads(line) == {
        "event": "worker.halted",
        "level": "critical",
        "error_type": "ValueError",
    }


async def pseudonyms(running: Line) -> set[str]:
    """Of everybody whose message is on the bus."""
    found = set()
    for value in await on_topic(running.installation.broker, messages.TOPIC):
        try:
            found.add(str(json.loads(value)["pid"]))
        except (ValueError, KeyError, TypeError):
            continue  # a key, or what we poisoned the topic with
    return found


async def once_up(running: Line) -> list[bytes]:
    """What every process shows, once the one that crashed is back."""
    found: list[bytes] = []

    async def answers() -> bool:
        with suppress(httpx2.TransportError):
            found[:] = await pages(running)
        return bool(found)

    await until(answers, seconds=90)
    return found


def traces(folder: Path) -> tuple[dict[str, bytes], list[Path]]:
    """Logs by name, and memory that a crash wrote to the disk."""
    written = {path.name: path.read_bytes() for path in folder.rglob("*.log")}
    return written, [*folder.rglob("core*"), *Path.cwd().glob("core*")]


def shown_to_readers(path: Path) -> str:
    """Everything of zone D."""
    engine = database.open_read_only(path)
    with database.reading(engine).begin() as connection:
        rows = [
            tuple(row)
            for table in released.METADATA.sorted_tables
            for row in connection.execute(select(table))
        ]
    engine.dispose()
    return repr(rows)


@pytest.mark.timeout(300)
async def test_neither_sentence_nor_name_nor_pseudonym_is_in_what_a_crash_leaves_behind(
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    async with line(tmp_path) as running:
        said = await everything_said(running, now)
        await poison(running)
        scorer = next(name for name in running.supervisor.pids() if name.startswith("sentiment"))
        os.kill(running.supervisor.pids()[scorer], signal.SIGSEGV)  # with sentences in its memory
        await running.settled(seconds=120)
        shown = await once_up(running)
        people = await pseudonyms(running)
        broker = running.installation.broker
        topics = {name: await on_topic(broker, name) for name in ANONYMOUS}
        climate = running.installation.folder / "climate.db"
    written, cores = traces(tmp_path)
    places = {
        **{f"log {name}": content for name, content in written.items()},
        **{f"answer {n}": content for n, content in enumerate(said)},
        **{f"page {n}": content for n, content in enumerate(shown)},
        **{f"topic {name}": b"\n".join(found) for name, found in topics.items()},
        "zone D": shown_to_readers(climate).encode(),
    }

    hits = [
        (place, what)
        for place, content in places.items()
        for what in (CANARY, "anna", *people)
        if what.encode() in content.lower()
    ]
    note("A14", WHAT, ours=f"0 of {len(places)} places, one person, two platforms, after a crash")
    assert hits == []
    assert cores == []
    assert people
    assert f"{scorer}.log" in written
