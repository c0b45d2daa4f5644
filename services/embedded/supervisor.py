"""Keeps the processes of one machine running, and restarts every client with the broker."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from services.embedded import broker

Happening = Literal["started", "exited", "recycled"]

LONGEST_WAIT_S: Final = 10.0
KILL_AFTER_S: Final = 20.0
"""A worker that stops finishes its batch first; one that hangs is killed."""
KILL_WITHOUT_BROKER_AFTER_S: Final = 1.0
"""Without a broker a worker waits for ever to end cleanly (measured), and has nothing to lose."""
RECYCLE_BYTES: Final = 700_000_000
"""The embedded broker keeps everything in memory and never gives it back."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running.

    Attributes:
        name: How people and the log call it.
        arguments: Its command line.
        environment: Its whole environment.
        log: File that its output is appended to.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path


@dataclass(slots=True)
class Running:
    """A program with the process that runs it now."""

    program: Program
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0

    async def start(self) -> asyncio.subprocess.Process:
        """Start it, its output appended to its log."""
        with self.program.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.program.arguments,
                env=dict(self.program.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C reaches the supervisor alone
            )
        return self.process

    async def stop(self, patience_s: float) -> None:
        """Ask it to end, and insist after a while."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), patience_s)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@dataclass(slots=True)
class Supervisor:
    """The broker and its clients, as long as ``run`` runs.

    A broker that restarts has lost its memory and its clients do not notice: they would wait
    at offsets that no longer exist.  So they restart with it, and the spool sends again.

    Attributes:
        address: Host and port of the embedded broker; None when an outside one is used.
        clients: What runs beside the broker, in the order of starting.
        log: File for the broker's output.
        told: Called with a program's name and what happened to it.
    """

    address: str | None
    clients: Sequence[Program]
    log: Path
    told: Callable[[str, Happening], None]
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[str, Running] = field(default_factory=dict)

    def pids(self) -> dict[str, int]:
        """Process ids by name, of those that run now."""
        return {
            name: one.process.pid
            for name, one in self._running.items()
            if one.process is not None and one.process.returncode is None
        }

    async def run(self) -> None:
        """Keep everything running until cancelled; then stop it in the reverse order."""
        try:
            while True:
                await self._generation()
        finally:
            await asyncio.shield(self._stop_all(KILL_AFTER_S))

    async def _generation(self) -> None:
        """Run one life of the broker: returns after the broker ended and all clients stopped."""
        if self.address is None:
            await self._clients(asyncio.get_running_loop().create_future())
            return
        program = Program("broker", broker.command(self.address), {}, self.log)
        one = self._running["broker"] = Running(program)
        process = await one.start()
        await broker.listening(self.address, seconds=20)
        await broker.create_topics(self.address)
        self.told("broker", "started")
        ended = asyncio.ensure_future(self._until_broker_ends(process))
        try:
            await self._clients(ended)
        finally:
            ended.cancel()
        self.told("broker", "exited")
        await self._stop_all(KILL_WITHOUT_BROKER_AFTER_S)

    async def _until_broker_ends(self, process: asyncio.subprocess.Process) -> None:
        while True:
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                if broker.resident_bytes(process.pid) > RECYCLE_BYTES:
                    self.told("broker", "recycled")
                    process.kill()
            else:
                return

    async def _clients(self, until: Awaitable[None]) -> None:
        keepers = [asyncio.create_task(self._keep(program)) for program in self.clients]
        self.ready.set()
        try:
            await until
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    async def _keep(self, program: Program) -> None:
        """Restart *program* whenever it ends, waiting longer while it keeps failing at once."""
        one = self._running[program.name] = Running(program)
        loop = asyncio.get_running_loop()
        wait_s = 0.2
        while True:
            began = loop.time()
            process = await one.start()
            self.told(program.name, "started")
            await process.wait()
            self.told(program.name, "exited")
            one.restarts += 1
            wait_s = (
                0.2 if loop.time() - began > LONGEST_WAIT_S else min(2 * wait_s, LONGEST_WAIT_S)
            )
            await asyncio.sleep(wait_s)

    async def _stop_all(self, patience_s: float) -> None:
        clients = [one for name, one in self._running.items() if name != "broker"]
        await asyncio.gather(*(one.stop(patience_s) for one in clients))
        if one := self._running.get("broker"):
            await one.stop(patience_s)
