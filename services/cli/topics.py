"""``barograph topics``: the topics of a Kafka cluster, made and checked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

import click

from services.contracts import topic_admin
from services.contracts.failures import Unavailable
from services.contracts.topic_admin import PRODUCTION, Change, Found, Shape

NOT_REACHED: Final = 2


@click.group()
def topics() -> None:
    """Make and check the topics of a Kafka cluster.

    The embedded broker's topics are made by `barograph up`; on a cluster nothing makes one by
    itself, for a topic that keeps sealed text longer than agreed would go unnoticed.
    """


def shaped(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options that say which cluster and how its topics are laid out."""
    for option in (
        click.option(
            "--replication",
            type=click.IntRange(1, 9),
            default=PRODUCTION.replication,
            show_default=True,
            help="Copies of each record; 3 or more ask for 2 before anything counts as written.",
        ),
        click.option(
            "--partitions",
            type=click.IntRange(1, 1_000),
            default=PRODUCTION.partitions,
            show_default=True,
            help="Of topics spread by key: the most workers that can share them, for ever.",
        ),
        click.option(
            "--kafka",
            metavar="HOST:PORT[,...]",
            required=True,
            envvar="BAROGRAPH_KAFKA",
            show_envvar=True,
            help="Servers of the cluster.",
        ),
    ):
        command = option(command)
    return command


@topics.command("apply")
@shaped
def apply(kafka: str, partitions: int, replication: int) -> None:
    """Make missing topics and set what they must keep; run it again after every upgrade.

    Exits with 1 where a topic has another number of partitions, which is never changed, and
    with 2 where the cluster does not answer or refuses.
    """
    sys.exit(_run(kafka, Shape(partitions, replication), change=True))


@topics.command("check")
@shaped
def check(kafka: str, partitions: int, replication: int) -> None:
    """Say what `apply` would do, and do nothing; exits with 1 if that is anything."""
    sys.exit(_run(kafka, Shape(partitions, replication), change=False))


def describe(change: Change) -> str:
    """One line a person can read."""
    settings = ", ".join(f"{name}={value}" for name, value in (change.config or {}).items())
    if change.create:
        return f"{change.topic}: create, {settings}"
    parts = [f"set {settings}"] if settings else []
    if change.partitions is not None:
        parts.append(f"has {change.partitions} partitions, which is left as it is")
    return f"{change.topic}: {'; '.join(parts)}"


def _run(kafka: str, shape: Shape, *, change: bool) -> int:
    try:
        changes = asyncio.run(_brought(kafka, shape, change=change))
    except Unavailable:
        click.echo(f"{kafka} does not answer, or does not allow this", err=True)
        return NOT_REACHED
    for one in changes:
        click.echo(describe(one))
    if not changes:
        click.echo("every topic is as it must be")
    left = [one for one in changes if one.partitions is not None] if change else changes
    return 1 if left else 0


async def _brought(kafka: str, shape: Shape, *, change: bool) -> Sequence[Change]:
    async with topic_admin.admin(kafka) as client:
        found: dict[str, Found] = await topic_admin.look(client)
        changes = topic_admin.plan(found, shape)
        if change:
            await topic_admin.apply(client, found, changes, shape)
    return changes
