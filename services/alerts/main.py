"""Composition root of the alerts service, ``python -m services.alerts.main``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom
from typing import Any, Final, NoReturn, TypedDict

import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr, ValidationError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from models.climate.windows import Window
from services.alerts import api, database, migrations
from services.alerts.api import access, alerts, health, indicators, units
from services.alerts.closing import Closer
from services.alerts.console import routes as console
from services.alerts.delivery import sender
from services.alerts.delivery.addresses import AddressPolicy, networks
from services.alerts.delivery.vault import Vault
from services.alerts.exposition import Looked
from services.alerts.loops import Closing
from services.alerts.open_alerts import open_alerts
from services.alerts.rules import catalogue, evaluation
from services.alerts.settings import AlertsSettings
from services.contracts import governance, problems
from services.contracts.failures import Unavailable, faults
from services.contracts.governance import Policy, PolicyInvalid
from services.telemetry import logs
from services.telemetry.http_log import HttpLog
from services.telemetry.request_id import RequestId

BAD_CONFIGURATION: Final = 78
"""``EX_CONFIG``: a supervisor need not try again."""
ROUTERS: Final = (indicators.router, units.router, alerts.router, health.router)
QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics", "/metrics/indicators"})
Loop = Callable[[], Coroutine[Any, Any, None]]


class State(TypedDict):
    """What every route finds in ``request.state``."""

    engine: Engine
    reader_token: SecretStr | None
    now: Callable[[], datetime]
    looked: Looked
    console: console.Console


def wall() -> datetime:
    """The wall's clock."""
    return datetime.now(UTC)


def create_app(
    settings: AlertsSettings, policy: Policy, now: Callable[[], datetime] = wall
) -> FastAPI:
    """Build the service.

    Args:
        settings: What it was told.
        policy: In force.
        now: The wall's clock; windows live in event time and hardly ask it.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        engine = await asyncio.to_thread(_opened, settings, now())
        looked = Looked()
        closing = Closing(engine, Closer(engine, policy), _evaluate, now, looked)
        deliver = partial(
            sender.run,
            engine,
            vault=Vault.open(settings.endpoint_key),
            policy=AddressPolicy(networks(settings.own_networks)),
            now=now,
            chance=SystemRandom().random,
        )
        async with _running((closing.run, deliver)):
            logs.emit("process.ready", service="alerts", address=f"{settings.host}:{settings.port}")
            yield {
                "engine": engine,
                "reader_token": settings.reader_token,
                "now": now,
                "looked": looked,
                "console": _console(engine, policy),
            }
            logs.emit("process.stopping", service="alerts")
        engine.dispose()

    app = FastAPI(
        title="Barograph alerts",
        summary="What may be known of the climate of an organisation.",
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
    app.include_router(console.router, dependencies=[Depends(access.reader)])
    return app


def _evaluate(connection: Connection, window: Window, now: datetime) -> int:
    return evaluation.evaluate(connection, window.cadence, window.start, now)


def _opened(settings: AlertsSettings, now: datetime) -> Engine:
    """The database on the newest schema, with the rules that we bring."""
    engine = database.open_engine(settings.database)
    migrations.upgrade(engine)
    with database.writing(engine) as connection:
        catalogue.install(connection, catalogue.BUILT_IN, now)
    return engine


def _console(engine: Engine, policy: Policy) -> console.Console:
    facts = console.Facts(
        k=policy.k,
        purpose=policy.purpose,
        text_life_hours=round(policy.text_life.total_seconds() / 3600),
    )
    return console.Console(database.reading(engine), facts, open_alerts)


@asynccontextmanager
async def _running(loops: Sequence[Loop]) -> AsyncIterator[None]:
    """Let *loops* run while the context is open."""
    tasks = [asyncio.create_task(loop()) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    dependency = error.dependency if isinstance(error, Unavailable) else "database"
    logs.emit("batch.waiting", level="warning", waiting_for=dependency)
    return problems.answer(problems.Problem(problems.UNAVAILABLE, retry_after_s=5))


def _stop(reason: str) -> NoReturn:
    """End before anything is open, saying why from a closed list."""
    sys.stderr.write(f"{reason}\n")
    raise SystemExit(BAD_CONFIGURATION)


def main() -> None:
    """Run the service until it is told to stop."""
    logs.configure()
    logs.capture_libraries()
    try:
        settings = AlertsSettings()
        policy = governance.load(settings.governance, settings.policy_public_key, wall().date())
    except ValidationError as error:
        found = faults(error.errors(include_input=False, include_context=False))
        _stop("; ".join(f"settings{fault.pointer}: {fault.code}" for fault in found))
    except PolicyInvalid as error:
        _stop(error.reason)
    logs.emit("policy.loaded", service="alerts")
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
