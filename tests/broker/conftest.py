"""Live brokers for every test in this folder: the embedded one always, Kafka where there is one."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.embedded import broker as tansu
from tests.broker import kafka


class Broker(NamedTuple):
    """Where it listens (``host:port``), and whether it is the embedded one."""

    address: str
    embedded: bool


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def tansu_at(address: str) -> Iterator[None]:
    """The embedded broker's process, killed at the end: its memory is gone with it."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(tansu.command(address), stdout=quiet, stderr=quiet) as process:
        try:
            yield
        finally:
            process.kill()


@pytest.fixture(
    scope="session",
    params=[
        "tansu",
        pytest.param("kafka", marks=pytest.mark.skipif(not kafka.available(), reason=kafka.ABSENT)),
    ],
)
async def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Broker]:
    """Each broker that Barograph runs on, with our topics.

    Tests share it, so each has a spool id and a consumer group of its own.
    """
    if request.param == "tansu":
        address = free_address()
        with tansu_at(address):
            await tansu.listening(address, seconds=10)
            await tansu.create_topics(address)
            yield Broker(address, embedded=True)
    elif named := os.environ.get("KAFKA_BOOTSTRAP"):
        await kafka.prepared(named)
        yield Broker(named, embedded=False)
    else:
        with kafka.cluster(tmp_path_factory.mktemp("kafka")) as [node]:
            await kafka.prepared(node.address)
            yield Broker(node.address, embedded=False)


@pytest.fixture
async def topic(broker: Broker) -> str:
    """A topic that no other test and none of our services touches."""
    name = f"test-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
    await admin.start()
    await admin.create_topics([NewTopic(name, 2, 1)])
    await admin.close()
    return name
