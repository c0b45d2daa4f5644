"""How long an organisation takes to fold, to close and to be released, by its size."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from tests.bench.figure import say
from tests.database.postgresql import administer, named, server

SIZES: Final = (1_000, 10_000, 100_000)
DATABASES: Final = ("sqlite", "postgresql")


@contextmanager
def _empty(database: str) -> Iterator[str]:
    """Where nothing is yet."""
    if database == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "climate.db")
        return
    with server() as url:
        administer(url, "CREATE DATABASE bench")
        yield named(url, "bench")
        administer(url, "DROP DATABASE bench WITH (FORCE)")


def _child(step: str, people: int, place: str) -> dict[str, Any]:
    """What *step* says, in a process of its own: its memory is that of nothing else."""
    command = [sys.executable, "-m", "tests.bench.one_closing", step, str(people), place]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout or "{}")
    return answer


def _closed(people: int, place: str) -> dict[str, float]:
    """Close a week, then the four that hold it; seconds of each step."""
    took: dict[str, float] = {}
    for written, step, name in (
        ("messages", "week", "a week"),
        ("person-days", "four-weeks", "four weeks"),
    ):
        _child(written, people, place)
        done = _child(step, people, place)
        closed = done["events"][-1]
        if closed["event"] != "window.closed":
            raise click.ClickException("a window did not close")
        folded = sum(event["took"] for event in done["events"] if event["event"] == "days.folded")
        if folded:
            took[f"{name} of messages folded, s"] = folded
        took[f"{name} closed, s"] = closed["took"]
        figures = {what: seconds for what, seconds in took.items() if what.startswith(name)} | {
            f"{name}, units published": closed["published"],
            f"{name}, units withheld": closed["withheld"],
            f"{name}, memory at most, MB": done["peak"],
        }
        for what, figure in figures.items():
            say(f"{people:,} people: {what}", figure)
    return took


def measure(sizes: Sequence[int], database: str) -> None:
    """Measure every size, and how much longer each takes than the one before."""
    before: dict[str, float] = {}
    for people in sizes:
        with _empty(database) as place:
            took = _closed(people, place)
        for what, seconds in before.items():
            say(f"{people:,} people: times as long, {what}", took[what] / seconds)
        before = took
