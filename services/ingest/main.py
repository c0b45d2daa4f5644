"""Composition root: the only module that reads the environment or opens anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.contracts import sealing
from services.contracts.failures import Dependency, Unavailable
from services.contracts.governance import Policy
from services.contracts.text_keys import TextKeys
from services.ingest import api, background, places, settlement
from services.ingest.api import channels, clock, events, health, people, slack
from services.ingest.api.rate_limit import RateLimit
from services.ingest.api.state import Edge, Limits, State
from services.ingest.api_keys import ApiKeys
from services.ingest.block_keys import BlockKeys
from services.ingest.channel_lists import ChannelLists
from services.ingest.gateway_database import open_gateway_database
from services.ingest.intake import Intake
from services.ingest.link import Link, open_link
from services.ingest.open_channels import channels_of, closed
from services.ingest.places import Places
from services.ingest.progress import Progress
from services.ingest.recent_messages import open_recent_messages
from services.ingest.registry import Registry
from services.ingest.relay import Relay
from services.ingest.settings import IngestSettings
from services.ingest.spool import open_spool
from services.ingest.units import Units
from services.process import web
from services.telemetry import logs
from services.telemetry.clock import wall

OpenLink = Callable[[], AbstractAsyncContextManager[Link]]

ROUTERS: Final = (
    events.router,
    slack.router,
    people.router,
    channels.router,
    clock.router,
    health.router,
)
DESCRIPTION: Final = web.Description(
    service="ingest",
    summary="Where social feeds come in.",
    text=api.__doc__ or "",
    quiet=frozenset({"/healthz", "/readyz", "/metrics"}),
)


def create_app(
    settings: IngestSettings,
    policy: Policy,
    link: OpenLink | None = None,
    now: Callable[[], datetime] = wall,
) -> FastAPI:
    """Build the gateway.

    Args:
        settings: What it was told.
        policy: In force.
        link: Opens the link to the broker; Kafka's protocol without one.
        now: The wall's clock.
    """
    open_broker = link or partial(open_link, settings.broker, embedded=settings.embedded)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        async with _opened(settings, policy, open_broker, now) as edge:
            logs.emit("process.ready", service="ingest", address=f"{settings.host}:{settings.port}")
            yield {"edge": edge}
            logs.emit("process.stopping", service="ingest")

    return web.application(DESCRIPTION, ROUTERS, lifespan)


@asynccontextmanager
async def _opened(
    settings: IngestSettings, policy: Policy, link: OpenLink, now: Callable[[], datetime]
) -> AsyncIterator[Edge]:
    """Everything that is open while requests are answered."""
    engine = open_gateway_database(settings.database)
    registry, block_keys = Registry(engine, policy.k), BlockKeys(engine)
    text_keys = TextKeys(settings.text_keys)
    try:
        async with (
            open_recent_messages(settings.database) as recent,
            open_spool(settings.spool, capacity=settings.spool_capacity) as spool,
            link() as broker,
        ):

            def seal(text: str) -> bytes:
                hour, key = text_keys.current(now())
                return sealing.seal(text, key, hour)

            async def missing() -> Sequence[Dependency]:
                return await _missing(policy, text_keys, broker, now)

            relay = Relay(spool, broker.sender)
            progress = Progress(spool, broker.sender, now)
            units = Units(registry, broker.sender, lambda: spool.clock.now(now()))
            said = Places(
                lists=ChannelLists(engine),
                admits=lambda source, channel: closed(policy, source, channel) is None,
                wanted=places.wanted(policy),
                block_keys=block_keys,
                spool_id=spool.spool_id,
                sender=broker.sender,
                now=lambda: spool.clock.now(now()),
            )
            text_life = min(settings.text_life, policy.text_life)
            erasure = background.Erasure(text_keys, block_keys, recent, spool, now, text_life)
            listen = partial(settlement.listen, spool, broker.open_reader, relay)
            edge = Edge(
                intake=Intake(
                    channel=channels_of(policy, lambda: now().date()),
                    person=registry.find,
                    redact=registry.redact,
                    block_key=block_keys.key,
                    live_keys=block_keys.live,
                    seal=seal,
                    recent=recent.find,
                    deleted=recent.deleted,
                    spool_id=spool.spool_id,
                ),
                recent=recent,
                keys=ApiKeys(engine),
                registry=registry,
                spool=spool,
                progress=progress,
                units=units,
                places=said,
                wall=now,
                missing=missing,
                rates=RateLimit(settings.events_per_s, 2 * settings.events_per_s, time.monotonic),
                limits=_limits(settings),
                slack_secret=(
                    settings.slack_signing_secret.get_secret_value()
                    if settings.slack_signing_secret
                    else None
                ),
            )
            tasks = (relay.run, progress.run, units.run, said.run, listen, erasure.run)
            async with background.running(tasks):
                yield edge
    finally:
        text_keys.close()
        engine.dispose()


async def _missing(
    policy: Policy, text_keys: TextKeys, broker: Link, now: Callable[[], datetime]
) -> Sequence[Dependency]:
    found: list[Dependency] = ["policy"] if now().date() > policy.expires else []
    try:
        await asyncio.to_thread(text_keys.current, now())
    except Unavailable as missing:
        found.append(missing.dependency)
    if not await broker.connected():
        found.append("broker")
    return found


def _limits(settings: IngestSettings) -> Limits:
    return Limits(
        body_bytes=settings.max_body_bytes,
        batch_bytes=settings.max_batch_bytes,
        batch_events=settings.max_batch_events,
        directory_bytes=settings.max_directory_bytes,
        events_per_s=settings.events_per_s,
    )


def main() -> None:
    """Run the gateway until it is told to stop."""
    web.run("ingest", IngestSettings, create_app)


if __name__ == "__main__":
    main()
