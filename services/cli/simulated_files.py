"""Writes what a simulated organisation says into a folder: a feed to import, and the truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from rich.console import Console

from models.simulation.planting.found import Found
from models.simulation.planting.play import OptedOut, PlantedWorld
from services.cli.played_feed import Feed, Line, NewDirectory
from services.cli.playing import Progress, midnight
from services.cli.truth_record import record

FEED: Final = "feed.ndjson"
DIRECTORY: Final = "directory.json"
CHANNELS: Final = "channel-list.json"
CHANGES: Final = "changes.ndjson"
TRUTH: Final = "truth.json"
SHOWN_EVERY: Final = 1_000
"""Lines between two looks at the progress bar."""


def write_feed(feed: Feed, folder: Path, on_progress: Callable[[Progress], None]) -> Progress:
    """Write *feed* into *folder*: lines, the first directory, channels, and what changes later.

    Args:
        feed: What is said.
        folder: Exists; what it holds of the same names is replaced.
        on_progress: Called now and then.

    Returns:
        How far it came, which is to the end.
    """
    _write(folder / DIRECTORY, feed.directory)
    _write(folder / CHANNELS, feed.channels)
    progress = Progress(1, feed.weeks, midnight(feed.first_day), feed.messages)
    begins = midnight(feed.first_day)
    with (
        (folder / FEED).open("wb") as lines,
        (folder / CHANGES).open("w", encoding="utf-8") as changes,
    ):
        for step in feed.steps:
            match step:
                case Line(raw=raw):
                    lines.write(raw + b"\n")
                    progress.tally.outcomes["accepted"] += 1
                case NewDirectory(directory=directory):
                    _add(changes, {"at": step.at.isoformat(), "directory": directory})
                case OptedOut(identity=identity):
                    _add(changes, {"at": step.at.isoformat(), "opt_out": identity})
            progress.at = step.at
            progress.week = min(feed.weeks, 1 + (step.at - begins) // timedelta(weeks=1))
            if progress.tally.sent % SHOWN_EVERY == 0:
                on_progress(progress)
    on_progress(progress)
    return progress


def telling(
    world: PlantedWorld, found: Found, path: Path | None, console: Console
) -> Callable[[], None]:
    """Tells the truth once the feed has been played: only then is it known what came of it.

    Args:
        world: What is played.
        found: What came of it.
        path: File for the whole truth, if there is to be one.
        console: Where a line an entry is printed.
    """

    def tell() -> None:
        told = record(world, found)
        for one in told["planted"]:
            counts = ", ".join(f"{n:,} {what}" for what, n in one["found"].items())
            console.print(f"Planted: {one['entry']}: {counts or 'done'}", markup=False)
        if path is not None:
            _write(path, told)

    return tell


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _add(changes: TextIO, change: dict[str, Any]) -> None:
    changes.write(json.dumps(change, ensure_ascii=False) + "\n")
