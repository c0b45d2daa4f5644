"""How fast an organisation writes, and that its memory grows with people and not with weeks."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date
from typing import Any, Final

import click

from models.simulation.planting.found import Found
from services.cli.planted_world import Size, planted_world
from services.cli.played_feed import planted_feed
from services.cli.truth_file import TruthFile
from tests.bench.figure import say
from tests.bench.one_closing import peak

SIZES: Final = (200, 10_000, 100_000)
"""Of people, from the smallest to the largest that the command takes."""
WEEKS: Final = (2, 4)
A_WEEK: Final = {200: 20, 10_000: 5, 100_000: 1}
"""Messages of one person; fewer in a large organisation, so that every run is short."""
SHOWN_EVERY: Final = 5_000
UNTIL: Final = date(2026, 11, 2)


def measure() -> None:
    """Measure every size, each in a process of its own, and how memory grows with the weeks."""
    for people in SIZES:
        by_weeks = [_child(people, weeks) for weeks in WEEKS]
        longest = by_weeks[-1]
        name = f"{people:,} people: "
        say(
            f"{name}simulated events a second of processor time",
            longest["events"] / longest["seconds"],
        )
        say(f"{name}first event after, s of processor time", longest["first"])
        say(f"{name}memory at most, MB", longest["peak"])
        say(
            f"{name}times the memory, {WEEKS[1]} weeks instead of {WEEKS[0]}",
            longest["peak"] / by_weeks[0]["peak"],
        )


def _child(people: int, weeks: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.simulation", str(people), str(weeks)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def written(people: int, weeks: int) -> dict[str, Any]:
    """Play one organisation to its end, to no one; in processor time, which others do not take."""
    began = time.process_time()
    messages = people * weeks * A_WEEK[people]
    world = planted_world(TruthFile(), Size(people, weeks, messages, 1), UNTIL)
    events, first = 0, 0.0
    with click.progressbar(
        length=messages, label=f"{people:,} people, {weeks} weeks", file=sys.stderr
    ) as bar:
        for _ in planted_feed(world, Found()).steps:
            events += 1
            first = first or time.process_time() - began
            if events % SHOWN_EVERY == 0:
                bar.update(SHOWN_EVERY)
    seconds = time.process_time() - began
    return {"events": events, "seconds": seconds, "first": first, "peak": peak()}


@click.command()
@click.argument("people", type=int)
@click.argument("weeks", type=int)
def one(people: int, weeks: int) -> None:
    """Write one organisation; a JSON object out."""
    print(json.dumps(written(people, weeks)))


if __name__ == "__main__":
    one()
