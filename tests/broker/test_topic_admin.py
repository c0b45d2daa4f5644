"""``barograph topics`` on a cluster of its own: made, checked, mended and never repartitioned."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from click.testing import CliRunner, Result

from services.cli.topics import topics
from services.contracts import messages, scores, topic_admin
from services.contracts.topics import TOPICS
from services.embedded import broker
from tests.broker import kafka
from tests.broker.conftest import free_address

pytestmark = pytest.mark.skipif(kafka.program() is None, reason=kafka.ABSENT)


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A cluster without topics."""
    with kafka.cluster(tmp_path_factory.mktemp("topics")) as [node]:
        await broker.listening(node.address, seconds=kafka.START_S)
        yield node.address


async def kept(servers: str, topic: str) -> Mapping[str, str]:
    """What is set on *topic*."""
    async with topic_admin.admin(servers) as client:
        return (await topic_admin.look(client))[topic].config


def barograph(verb: str, servers: str) -> Result:
    return CliRunner().invoke(topics, [verb, "--kafka", servers, "--replication", "1"])


async def set_on(servers: str, topic: str, **config: str) -> None:
    """Set what an operator may have set."""
    named = {name.replace("_", "."): value for name, value in config.items()}
    async with topic_admin.admin(servers) as client:
        await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, named)])


def checked(servers: str, status: int) -> str:
    """What ``check`` says once it exits with *status*: a server hears of a change a bit later."""
    deadline = time.monotonic() + 10
    while True:
        ended = barograph("check", servers)
        if ended.exit_code == status or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    assert ended.exit_code == status, ended.output
    return ended.stdout


@pytest.mark.timeout(120)
def test_topics_are_made_checked_and_mended(cluster: str) -> None:
    assert len(checked(cluster, 1).splitlines()) == len(TOPICS)

    assert barograph("apply", cluster).exit_code == 0
    assert checked(cluster, 0) == "every topic is as it must be\n"

    asyncio.run(set_on(cluster, messages.TOPIC, retention_ms="9", max_message_bytes="2000000"))
    drifted = checked(cluster, 1)
    assert drifted.startswith("messages.v1: set cleanup.policy=delete, retention.ms=86400000")
    assert len(drifted.splitlines()) == 1

    assert barograph("apply", cluster).exit_code == 0
    checked(cluster, 0)
    assert asyncio.run(kept(cluster, messages.TOPIC))["max.message.bytes"] == "2000000"


@pytest.mark.timeout(120)
def test_a_topic_is_never_repartitioned(cluster: str) -> None:
    barograph("apply", cluster)
    checked(cluster, 0)

    ended = CliRunner().invoke(
        topics, ["apply", "--kafka", cluster, "--replication", "1", "--partitions", "12"]
    )

    assert ended.exit_code == 1
    assert ended.stdout.splitlines() == [
        f"{name}: has 6 partitions, which is left as it is"
        for name in (messages.TOPIC, scores.TOPIC)
    ]
    checked(cluster, 0)


def test_a_cluster_that_is_not_there_is_said_so() -> None:
    ended = barograph("check", free_address())

    assert ended.exit_code == 2
    assert "does not answer" in ended.stderr
