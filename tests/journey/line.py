"""The whole line in real processes: started, fed, killed and looked into."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2

from services.alerts.grants import Process
from services.cli.feed_client import FeedClient
from services.contracts.access import Scope
from services.embedded import first_start
from services.embedded.installation import Installation, Ports
from services.embedded.supervisor import Program, Supervisor


class Backends(NamedTuple):
    """What the line stands on.

    Attributes:
        kafka: Servers of a Kafka that has our topics; None is the embedded broker.
        database: URL of an empty PostgreSQL database; None is a file.
        roles: The same URL for each process, with its own rights.
    """

    kafka: str | None = None
    database: str | None = None
    roles: Mapping[Process, str] = {}


EMBEDDED: Final = Backends()


@dataclass(frozen=True, slots=True)
class Line:
    """A running installation."""

    installation: Installation
    supervisor: Supervisor
    http: httpx2.AsyncClient
    key: str

    @property
    def feed(self) -> FeedClient:
        """Sends events as a platform does."""
        return FeedClient(self.http, self.key)

    @property
    def headers(self) -> dict[str, str]:
        """Credentials of that platform."""
        return {"Authorization": f"Bearer {self.key}"}

    def kill(self, name: str) -> None:
        """End a process without a warning."""
        os.kill(self.supervisor.pids()[name], signal.SIGKILL)

    async def metric(self, name: str) -> float:
        """Read one metric of the gateway that has no labels."""
        text = (await self.http.get("/metrics")).text
        [line] = [line for line in text.splitlines() if line.startswith(f"{name} ")]
        return float(line.split()[1])

    async def settled(self, *, seconds: float) -> None:
        """Return once the spool is empty: everything accepted has had its effect."""
        await until(self._owes_nothing, seconds=seconds)

    async def _owes_nothing(self) -> bool:
        try:
            return not await self.metric("barograph_spool_held_messages")
        except (httpx2.TransportError, ValueError):
            return False


async def until(true: Callable[[], Any], *, seconds: float) -> None:
    """Return once *true* is; a coroutine function may be asked too."""
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.2)


@asynccontextmanager
async def line(
    folder: Path,
    *,
    on: Backends = EMBEDDED,
    extra: Mapping[str, str] | None = None,
    more: Sequence[Program] = (),
    changed: Callable[[Installation, list[Program]], list[Program]] = lambda _, programs: programs,
) -> AsyncIterator[Line]:
    """Start everything in *folder*, on free ports, under the demo policy.

    Args:
        folder: Empty.
        on: The broker and the database.
        extra: More settings.
        more: Further processes.
        changed: Replaces or adds programs, such as a scorer that answers at once.
    """
    installation = Installation(folder, Ports.free(), on.kafka, on.database, extra)
    now = datetime.now(UTC)
    first_start.sign_demo_policy(installation, now)
    programs = changed(installation, [*installation.programs(), *more])
    programs = [_with_its_rights(program, on.roles) for program in programs]
    embedded = None if on.kafka else installation.broker
    supervisor = Supervisor(embedded, programs, installation.log("broker"), lambda _, __: None)
    running = asyncio.create_task(supervisor.run())
    try:
        if not await first_start.ready(installation, seconds=90):
            raise TimeoutError(_last_lines(folder))
        key = first_start.make_key(installation, list(Scope), now)
        async with httpx2.AsyncClient(
            base_url=installation.ingest_url, trust_env=False, timeout=60
        ) as http:
            yield Line(installation, supervisor, http, key)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _with_its_rights(program: Program, roles: Mapping[Process, str]) -> Program:
    of_process: dict[str, dict[str, Process]] = {
        "collector": {"BAROGRAPH_ALERTS_DATABASE": "collector"},
        "alerts": {
            "BAROGRAPH_ALERTS_DATABASE": "alerts",
            "BAROGRAPH_ALERTS_READER_DATABASE": "reader",
        },
    }
    if not roles or program.name not in of_process:
        return program
    own = {name: roles[process] for name, process in of_process[program.name].items()}
    return replace(program, environment={**program.environment, **own})


def _last_lines(folder: Path) -> str:
    return "\n".join(
        f"{path.name}: {path.read_text(errors='replace')[-2_000:]}" for path in folder.glob("*.log")
    )
