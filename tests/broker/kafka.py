"""A real Apache Kafka for tests: one that is named, or one that we may start.

``KAFKA_BOOTSTRAP`` names a cluster.  ``KAFKA_BROKER`` names a program that runs one in the
foreground when called as ``PROGRAM FOLDER NODE NODES PORT``; node i listens on PORT + 2 i.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.contracts import topic_admin
from services.contracts.failures import Unavailable
from services.contracts.topic_admin import Shape
from services.embedded import broker

DEFAULT: Final = Path(__file__).parents[3] / "shared" / "kafka" / "broker"
ABSENT: Final = (
    "there is no Apache Kafka: point KAFKA_BOOTSTRAP at a cluster, or KAFKA_BROKER at a program "
    "that runs one"
)
START_S: Final = 60
EPHEMERAL: Final = 32_768
"""From here on the system gives ports away by itself; one may be taken between two starts."""


def program() -> Path | None:
    """What starts a broker, if there is such a thing."""
    path = Path(os.environ.get("KAFKA_BROKER", DEFAULT))
    return path if path.exists() else None


def available() -> bool:
    """Whether there is a Kafka to test with."""
    return "KAFKA_BOOTSTRAP" in os.environ or program() is not None


@dataclass(slots=True)
class Node:
    """One broker, whose data survives its death."""

    folder: Path
    number: int
    nodes: int
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port + 2 * self.number}"

    def start(self) -> None:
        """Start it; it listens some seconds later."""
        run = program()
        assert run is not None
        arguments = [str(run), str(self.folder), str(self.number), str(self.nodes), str(self.port)]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            arguments,
            env={"KAFKA_HEAP": "192m", **os.environ},
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, such as SIGKILL."""
        if self._process is not None:
            os.killpg(self._process.pid, number)
            if number is signal.SIGKILL:
                self._process.wait()
                self._process = None


def free_port(nodes: int) -> int:
    """The first of as many free ports as *nodes* need."""
    while True:
        first = random.randrange(20_000, EPHEMERAL - 2 * nodes, 2)  # noqa: S311  no secret
        try:
            with ExitStack() as held:
                for port in range(first, first + 2 * nodes):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
        except OSError:
            continue
        return first


@contextmanager
def cluster(folder: Path, *, nodes: int = 1) -> Iterator[list[Node]]:
    """Brokers with nothing in them, killed at the end."""
    port = free_port(nodes)
    members = [Node(folder, number, nodes, port) for number in range(nodes)]
    for node in members:
        node.start()
    try:
        yield members
    finally:
        for node in members:
            node.signal(signal.SIGKILL)


async def prepared(servers: str, *, replication: int = 1) -> None:
    """Wait for a cluster and give it our topics, as ``barograph topics apply`` does."""
    for server in servers.split(","):
        await broker.listening(server, seconds=START_S)
    deadline = time.monotonic() + START_S
    while True:
        try:
            await _applied(servers, Shape(replication=replication))
        except Unavailable:  # a server listens a moment before the others know of it
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)
        else:
            return


async def _applied(servers: str, shape: Shape) -> None:
    async with topic_admin.admin(servers) as client:
        found = await topic_admin.look(client)
        await topic_admin.apply(client, found, topic_admin.plan(found, shape), shape)
