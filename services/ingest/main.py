"""Composition root: the only module that reads the environment or opens anything."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Final, NoReturn

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from services.contracts import governance, problems, sealing
from services.contracts.failures import Dependency, Unavailable, faults
from services.contracts.governance import Policy, PolicyInvalid
from services.contracts.text_keys import TextKeys
from services.ingest import api, background, settlement
from services.ingest.api import clock, events, health, people, slack
from services.ingest.api.rate_limit import RateLimit
from services.ingest.api.state import Edge, Limits, State
from services.ingest.api_keys import ApiKeys
from services.ingest.block_keys import BlockKeys
from services.ingest.gateway_database import open_gateway_database
from services.ingest.intake import Intake, channels_of
from services.ingest.link import Link, open_link
from services.ingest.progress import Progress
from services.ingest.recent_messages import open_recent_messages
from services.ingest.registry import Registry
from services.ingest.relay import Relay
from services.ingest.settings import IngestSettings
from services.ingest.spool import open_spool
from services.ingest.units import Units
from services.telemetry import logs
from services.telemetry.http_log import HttpLog
from services.telemetry.request_id import RequestId

OpenLink = Callable[[], AbstractAsyncContextManager[Link]]

BAD_CONFIGURATION: Final = 78
"""``EX_CONFIG``: a supervisor need not try again."""
ROUTERS: Final = (events.router, slack.router, people.router, clock.router, health.router)
QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def wall() -> datetime:
    """The wall's clock."""
    return datetime.now(UTC)


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

    app = FastAPI(
        title="Barograph ingest",
        summary="Where social feeds come in.",
        description=api.__doc__ or "",
        version="1",
        lifespan=lifespan,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
    )
    problems.install(app)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(OperationalError, _unavailable)
    app.add_middleware(HttpLog, quiet=QUIET)
    app.add_middleware(RequestId)
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def _opened(
    settings: IngestSettings, policy: Policy, link: OpenLink, now: Callable[[], datetime]
) -> AsyncIterator[Edge]:
    """Everything that is open while requests are answered."""
    engine = open_gateway_database(settings.database)
    registry, block_keys = Registry(engine), BlockKeys(engine)
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
                return await _missing(text_keys, broker, now)

            relay = Relay(spool, broker.sender)
            progress = Progress(spool, broker.sender, now)
            units = Units(registry, broker.sender, lambda: spool.clock.now(now()))
            text_life = min(settings.text_life, policy.text_life)
            erasure = background.Erasure(text_keys, block_keys, recent, spool, now, text_life)
            listen = partial(settlement.listen, spool, broker.open_reader, relay)
            edge = Edge(
                intake=Intake(
                    channel=channels_of(policy),
                    person=registry.find,
                    redact=registry.redact,
                    block_key=block_keys.key,
                    live_keys=block_keys.live,
                    seal=seal,
                    recent=recent.find,
                    spool_id=spool.spool_id,
                ),
                recent=recent,
                keys=ApiKeys(engine),
                registry=registry,
                spool=spool,
                progress=progress,
                units=units,
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
            tasks = (relay.run, progress.run, units.run, listen, erasure.run)
            async with background.running(tasks):
                yield edge
    finally:
        text_keys.close()
        engine.dispose()


async def _missing(
    text_keys: TextKeys, broker: Link, now: Callable[[], datetime]
) -> Sequence[Dependency]:
    found: list[Dependency] = []
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


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    dependency = error.dependency if isinstance(error, Unavailable) else "database"
    logs.emit("batch.waiting", level="warning", waiting_for=dependency)
    return problems.answer(problems.Problem(problems.UNAVAILABLE, retry_after_s=5))


def _stop(reason: str) -> NoReturn:
    """End before anything is open, saying why from a closed list."""
    sys.stderr.write(f"{reason}\n")
    raise SystemExit(BAD_CONFIGURATION)


def main() -> None:
    """Run the gateway until it is told to stop."""
    logs.configure()
    logs.capture_libraries()
    try:
        settings = IngestSettings()
        policy = governance.load(settings.governance, settings.policy_public_key, wall().date())
    except ValidationError as error:
        found = faults(error.errors(include_input=False, include_context=False))
        _stop("; ".join(f"settings{fault.pointer}: {fault.code}" for fault in found))
    except PolicyInvalid as error:
        _stop(error.reason)
    logs.emit("policy.loaded", service="ingest")
    uvicorn.run(
        create_app(settings, policy),
        host=settings.host,
        port=settings.port,
        access_log=False,  # ours has the route's template, not the address as it came
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
