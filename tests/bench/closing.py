"""How long a week of an organisation takes to fold, to close and to be released, by its size."""

from __future__ import annotations

import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import click
import numpy as np
import structlog
from sqlalchemy import Connection, Engine, func, select

from models.climate.windows import LATENESS, Cadence, Window, block, week_of
from models.language.labels import Driver, Signal
from services.alerts import database, gateways, migrations
from services.alerts.closing import Closer
from services.alerts.tables.pseudonymous import OPEN_SCORE
from services.alerts.tables.released import WINDOW_SUMMARY
from services.contracts.governance import INDICATORS
from tests.fakes.scores import MONDAY, policy, progress, units

SIZES: Final = {1_000: 4, 10_000: 4, 100_000: 1}
"""People, and how many weeks are played; with four the four weeks close as well."""
TEAM, BRANCHES = 15, 15
"""People of a team, and units below each unit."""
WORKDAYS, A_DAY = 5, 4
"""20 messages a person and week."""
CHUNK: Final = 20_000


def parents(people: int) -> tuple[dict[str, str | None], dict[str, int]]:
    """Make a tree of teams under ever larger units: parents first, and headcounts."""
    levels = [-(-people // TEAM)]
    while levels[-1] > BRANCHES:
        levels.append(-(-levels[-1] // BRANCHES))
    tree: dict[str, str | None] = {"org": None}
    eligible = {"org": people}
    for depth, size in enumerate(reversed(levels)):
        for n in range(size):
            name = f"l{depth}.{n}"
            tree[name] = f"l{depth - 1}.{n // BRANCHES}" if depth else "org"
            eligible[name] = 0
    for person in range(people):
        unit: str | None = leaf(people, person)
        while unit is not None and unit != "org":
            eligible[unit] += 1
            unit = tree[unit]
    return tree, eligible


def leaf(people: int, person: int) -> str:
    """Name the team of a person."""
    depth, teams = 0, -(-people // TEAM)
    while teams > BRANCHES:
        depth, teams = depth + 1, -(-teams // BRANCHES)
    return f"l{depth}.{person // TEAM}"


def rows(people: int, monday: date) -> Iterator[Mapping[str, object]]:
    """Every message of a week, scored."""
    chance = np.random.default_rng([people, monday.toordinal()])
    for person in range(people):
        pid, home = f"{person:032x}", leaf(people, person)
        valences = chance.integers(-1_000_000, 1_000_001, WORKDAYS * A_DAY).tolist()
        bits = chance.integers(0, 20 * len(Signal), WORKDAYS * A_DAY).tolist()
        for number, (valence, bit) in enumerate(zip(valences, bits, strict=True)):
            yield {
                "block": block(monday),
                "digest": f"{monday:%j}{person:014x}{number:015x}",
                "version": 1,
                "kind": "post",
                "pid": pid,
                "leaf": home,
                "countable": True,
                "local_day": monday + timedelta(days=number // A_DAY),
                "after_hours": False,
                "place": pid,
                "language": "en",
                "valence_micro": valence,
                "signals": 1 << bit if bit < len(Signal) else 0,
                "drivers": 1 << bit % len(Driver),
                "model": "bench",
                "spool_id": "ingest-0",
                "seq": 0,
            }


def write(engine: Engine, people: int, monday: date) -> None:
    """Put a week of messages where the collector puts them; this is not measured."""
    waiting: list[Mapping[str, object]] = []

    def flush(connection: Connection) -> None:
        connection.execute(OPEN_SCORE.insert(), waiting)
        waiting.clear()

    with engine.begin() as connection:
        for row in rows(people, monday):
            waiting.append(row)
            if len(waiting) == CHUNK:
                flush(connection)
        if waiting:
            flush(connection)


def reach(engine: Engine, window: Window) -> datetime:
    """Let the one gateway owe nothing of *window* and what was on its way."""
    until = window.ends + LATENESS[window.cadence]
    with database.writing(engine) as connection:
        gateways.progress(connection, progress(until, until))
    return until


def play(people: int, weeks: int, folder: Path) -> None:
    """Play so many weeks and print what each step took."""
    engine = database.open_engine(folder / "climate.db")
    migrations.upgrade(engine)
    with database.writing(engine) as connection:
        gateways.units(connection, units(*parents(people), "2024Q1"))
    closer = Closer(engine, policy(indicators=list(INDICATORS)))
    for week in range(weeks):
        window = week_of(MONDAY + timedelta(weeks=week))
        write(engine, people, window.start)
        last_day = reach(engine, window)
        began = time.perf_counter()
        closed = closer.close_due(last_day)
        took = time.perf_counter() - began
        name = "a week and the four" if len(closed) > 1 else "a week"
        if not closed:
            raise click.ClickException("nothing was closed")
        if week in {0, weeks - 1}:
            say(f"{people:,} people: {name} folded, closed, released, s", took)
    with database.reading(engine).begin() as connection:
        summary = WINDOW_SUMMARY.c
        published, withheld = connection.execute(
            select(func.sum(summary.published), func.sum(summary.withheld)).where(
                summary.cadence == Cadence.WEEK.value, summary.window_start == MONDAY
            )
        ).one()
    say(f"{people:,} people: units published of the first week", published)
    say(f"{people:,} people: units withheld of the first week", withheld)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
    say(f"{people:,} people: resident memory at most, MB", peak / 1_000_000)
    engine.dispose()


def say(what: str, value: float) -> None:
    """Print one figure."""
    print(f"{what:68} {value:12,.2f}", flush=True)


def measure() -> None:
    """Measure every size in a process of its own: memory is that of one alone."""
    for people, weeks in SIZES.items():
        subprocess.run(
            [sys.executable, "-m", "tests.bench.closing", str(people), str(weeks)], check=True
        )


@click.command()
@click.argument("people", type=click.IntRange(min=100))
@click.argument("weeks", type=click.IntRange(1, 4))
def closing(people: int, weeks: int) -> None:
    """Close WEEKS of an organisation of PEOPLE who write 20 messages a week each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        play(people, weeks, Path(folder))


if __name__ == "__main__":
    closing()
