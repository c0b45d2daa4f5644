"""The supervisor with real processes and a real broker."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from services.contracts.topics import TOPICS
from services.embedded.supervisor import Program, Supervisor

SLEEPS = "import time; time.sleep(600)"


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


async def until(true: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def supervised(folder: Path, address: str | None) -> AsyncIterator[Supervisor]:
    environment = {"PATH": os.environ["PATH"]}
    clients = [
        Program(name, [sys.executable, "-c", SLEEPS], environment, folder / f"{name}.log")
        for name in ("one", "two")
    ]
    supervisor = Supervisor(address, clients, folder / "broker.log", lambda _, __: None)
    running = asyncio.create_task(supervisor.run())
    try:
        await until(lambda: {"one", "two"} <= supervisor.pids().keys())
        yield supervisor
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_killed_client_comes_back_alone(tmp_path: Path) -> None:
    async with supervised(tmp_path, None) as supervisor:
        before = supervisor.pids()
        os.kill(before["one"], signal.SIGKILL)
        await until(lambda: supervisor.pids().get("one", before["one"]) != before["one"])

        assert supervisor.pids()["two"] == before["two"]


async def test_a_killed_broker_takes_its_clients_with_it_and_its_topics_come_back(
    tmp_path: Path,
) -> None:
    address = free_address()
    async with supervised(tmp_path, address) as supervisor:
        before = supervisor.pids()
        os.kill(before["broker"], signal.SIGKILL)
        await until(
            lambda: (
                len(now := supervisor.pids()) == 3 and not set(now.values()) & set(before.values())
            )
        )
        admin = AIOKafkaAdminClient(bootstrap_servers=address)
        await admin.start()
        topics = await admin.list_topics()
        await admin.close()

        assert {facts.name for facts in TOPICS} <= set(topics)


async def test_nothing_is_left_running(tmp_path: Path) -> None:
    async with supervised(tmp_path, free_address()) as supervisor:
        pids = supervisor.pids().values()

    assert len(pids) == 3
    assert not any(map(alive, pids))
