"""One step of closing in one process: ``python -m tests.bench.one_closing``, a JSON object out."""

from __future__ import annotations

import json
import re
import time
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
import structlog
from sqlalchemy import Engine

from models.climate.windows import LATENESS, Cadence, Window, four_weeks_of
from services.alerts import database, gateways, migrations
from services.alerts.closing import Closer
from services.contracts.governance import INDICATORS
from tests.bench.weeks import Organisation, write_messages, write_person_days
from tests.fakes.scores import MONDAY, policy, progress, units

MONTH: Final = four_weeks_of(MONDAY)


@dataclass(slots=True)
class Clock:
    """Takes the time from one log event to the next: the closer tells what it has done."""

    began: float = field(default_factory=time.perf_counter)
    events: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, _: object, __: str, event: MutableMapping[str, Any]) -> str:
        """Note *event*, and print nothing."""
        now = time.perf_counter()
        self.events.append({**event, "took": now - self.began})
        self.began = now
        raise structlog.DropEvent


def reach(engine: Engine, window: Window) -> datetime:
    """Let the one gateway owe nothing of *window* and what was on its way."""
    until = window.ends + LATENESS[window.cadence]
    with database.writing(engine) as connection:
        gateways.progress(connection, progress(until, until))
    return until


def peak() -> float:
    """Most resident megabytes of this process so far; rusage would count its parent's in."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.findall(r"VmHWM:\s*(\d+) kB", status)[0]) * 1_024 / 1_000_000


@click.command()
@click.argument("step", type=click.Choice(["messages", "week", "person-days", "four-weeks"]))
@click.argument("people", type=click.IntRange(min=100))
@click.argument("place")
def step(step: str, people: int, place: str) -> None:
    """Do one STEP with an organisation of PEOPLE in the database at PLACE.

    Of four weeks the first is written as messages and closed; then the person-days of the others
    are written, and what is left is closed.
    """
    engine = database.open_engine(place)
    first, *others = MONTH.split(Cadence.WEEK)
    clock = Clock()
    if step == "messages":
        migrations.upgrade(engine)
        organisation = Organisation(people)
        with database.writing(engine) as connection:
            tree = units(organisation.parents, organisation.eligible, "2024Q1")
            gateways.units(connection, tree)
        write_messages(engine, organisation, first)
    elif step == "person-days":
        organisation = Organisation(people)
        for week in others:
            write_person_days(engine, organisation, week)
    else:
        now = reach(engine, first if step == "week" else MONTH)
        structlog.configure(processors=[clock])
        clock.began = time.perf_counter()
        Closer(engine, policy(indicators=list(INDICATORS))).close_due(now)
        print(json.dumps({"events": clock.events, "peak": peak()}))
    engine.dispose()


if __name__ == "__main__":
    step()
