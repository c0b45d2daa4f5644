"""The demonstration: a synthetic organisation with a planted drop, and whether it was found."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import httpx2
from rich.console import Console
from rich.table import Table

from models.climate.catalogue import VALENCE
from models.climate.windows import Cadence
from models.simulation.play import World
from services.alerts import database, indicators
from services.alerts.delivery import signature
from services.alerts.indicators import ClosedWindow, PublishedValue
from services.cli.endpoints import add_endpoint
from services.cli.feed_client import FeedClient
from services.cli.played_feed import feed_of
from services.cli.playing import last_monday, play_feed, trickle
from services.cli.progress_bar import progress_bar
from services.cli.simulate import world_of
from services.contracts.access import Scope
from services.embedded import first_start
from services.embedded.installation import Installation
from services.embedded.supervisor import Program
from services.telemetry.clock import wall

PEOPLE: Final = 1_200
WEEKS: Final = 15
"""Eleven make a baseline, three of four a change that lasts; and one to spare."""
LIVE_PER_MINUTE: Final = 30
LAST_WEEK_WITHIN_S: Final = 600
DELIVERED_WITHIN_S: Final = 60
SETTINGS: Final = {"BAROGRAPH_INGEST_SPOOL_CAPACITY": "4000"}
"""The feed is played as fast as it can be scored, not faster: a full spool slows it down."""
QUIET_S: Final = 10
"""How long a webhook that should not come is waited for."""


@dataclass(slots=True)
class Demo:
    """One run of the demonstration on one installation."""

    installation: Installation
    console: Console
    planted: bool
    messages: int
    seed: int
    _secret: str = field(default_factory=signature.generate, repr=False)
    _key: str = field(default="", repr=False)
    _began: float = field(default_factory=time.monotonic)

    def receiver(self) -> Program:
        """A local receiver of webhooks, as somebody in HR leadership would have one."""
        folder, port = self.installation.folder, self.installation.ports.receiver
        options = ["--port", str(port), "--record", str(folder / "webhooks.jsonl")]
        environment = {**self.installation.environment(), "BAROGRAPH_RECEIVE_SECRET": self._secret}
        arguments = [sys.executable, "-m", "services.cli.main", "receive", *options]
        return Program("receiver", arguments, environment, self.installation.log("receiver"))

    async def run(self) -> bool:
        """Play everything, print the summary, and return whether exactly the truth was found."""
        scopes = (Scope.EVENTS_WRITE, Scope.DIRECTORY_WRITE, Scope.CLOCK_WRITE)
        self._key = first_start.make_key(self.installation, scopes, wall())
        add_endpoint(
            self.installation.climate,
            self.installation.endpoint_key,
            url=self.installation.receiver_url,
            secret=self._secret,
            now=wall(),
        )
        world = self._world()
        async with httpx2.AsyncClient(
            base_url=self.installation.ingest_url, trust_env=False, timeout=60
        ) as http:
            first = asyncio.create_task(self._first_week())
            with progress_bar(self.console, world.messages) as show:
                feed = feed_of(world)
                tally = await play_feed(FeedClient(http, self._key), feed, on_progress=show)
            self.console.print(
                f"{tally.sent:,} events sent; waiting for the last week to close ..."
            )
            closed = await self._last_week(world)
            await first
        if not closed:
            self.console.print("The last week did not close in time.")
            return False
        return await self._summary(world)

    async def trickle(self) -> None:
        """Send live messages until cancelled."""
        async with httpx2.AsyncClient(
            base_url=self.installation.ingest_url, trust_env=False, timeout=60
        ) as http:
            client = FeedClient(http, self._key)
            await trickle(client, self._world(), per_minute=LIVE_PER_MINUTE, now=wall)

    def _world(self) -> World:
        return world_of(
            people=PEOPLE,
            weeks=WEEKS,
            messages=self.messages,
            seed=self.seed,
            planted=self.planted,
            until=last_monday(wall()),
        )

    def _weeks(self) -> tuple[ClosedWindow, ...]:
        engine = database.open_engine(self.installation.climate)
        try:
            with engine.connect() as connection:
                return indicators.windows(connection, Cadence.WEEK)[::-1]
        finally:
            engine.dispose()

    async def _first_week(self) -> None:
        while not await asyncio.to_thread(self._weeks):  # noqa: ASYNC110  another process's
            await asyncio.sleep(1)
        took = time.monotonic() - self._began
        page = f"{self.installation.alerts_url}/"
        self.console.print(f"The first week is on the page after {took:.0f} s: {page}")

    async def _last_week(self, world: World) -> bool:
        deadline = time.monotonic() + LAST_WEEK_WITHIN_S
        while time.monotonic() < deadline:
            if len(await asyncio.to_thread(self._weeks)) >= world.weeks:
                return True
            await asyncio.sleep(1)
        return False

    async def _received(self, *, at_least: int) -> list[dict[str, Any]]:
        """Return what the receiver verified, waiting for *at_least* so many."""
        record = self.installation.folder / "webhooks.jsonl"
        deadline = time.monotonic() + (DELIVERED_WITHIN_S if at_least else QUIET_S)
        while True:
            lines = record.read_text("utf-8").splitlines() if record.exists() else []
            if time.monotonic() > deadline or (at_least and len(lines) >= at_least):
                return [json.loads(line) for line in lines]
            await asyncio.sleep(0.5)

    async def _summary(self, world: World) -> bool:
        planted = world.planted.unit if world.planted else None
        self.console.print(self._table(planted))
        bodies = await self._received(at_least=int(planted is not None))
        bodies += (await self._received(at_least=0))[len(bodies) :]
        fired = [
            alert["labels"]["unit"]
            for body in bodies
            if body["type"] == "alert.firing"
            for alert in body["data"]["alerts"]
        ]
        took = (time.monotonic() - self._began) / 60
        alerted = ", ".join(fired) or "none"
        self.console.print(
            f"Signed webhooks received: {len(bodies)}; units that alerted: {alerted}."
        )
        passed = fired == ([planted] if planted else [])
        truth = f"a drop was planted in {planted}" if planted else "no drop was planted"
        verdict = "exactly that" if passed else "something else"
        self.console.print(f"Truth: {truth}.  Barograph found {verdict}.  {took:.1f} minutes.")
        return passed

    def _table(self, planted: str | None) -> Table:
        engine = database.open_engine(self.installation.climate)
        try:
            with engine.connect() as connection:
                closed = indicators.windows(connection)[::-1]
                windows = [w for w in closed if w.cadence is not Cadence.DAY]  # too many to read
                root = indicators.units(connection)[0].id
                cells = {w: indicators.cells(connection, w.cadence, w.start) for w in windows}
        finally:
            engine.dispose()
        table = Table(title="Published, without the days")
        for head in ("window", "from", "shown", "withheld", "organisation", planted or ""):
            justify: Literal["left", "right"] = "left" if head in {"window", "from"} else "right"
            table.add_column(head, justify=justify, overflow="fold")
        for window in windows:
            shown = [_valence(cells[window], unit) for unit in (root, planted)]
            counts = (f"{window.published:,}", f"{window.withheld:,}")
            length = window.cadence.value.replace("_", " ")
            table.add_row(length, window.start.isoformat(), *counts, *shown)
        return table


def _valence(cells: tuple[PublishedValue, ...], unit: str | None) -> str:
    found = [c.value for c in cells if c.unit == unit and c.indicator == VALENCE.id]
    return f"{found[0]:+.2f}" if found else "-"
