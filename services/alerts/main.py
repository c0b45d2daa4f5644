"""Composition root of the alerts service, ``python -m services.alerts.main``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from random import SystemRandom
from typing import Any, Final, TypedDict

from fastapi import Depends, FastAPI
from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from models.climate.windows import Window
from services.alerts import api, database, migrations
from services.alerts.api import (
    access,
    alerts,
    comparisons,
    health,
    indicators,
    outcomes,
    pulse,
    receipts,
    units,
)
from services.alerts.api import catalogue as catalogues
from services.alerts.closing import Closer
from services.alerts.console import routes as console
from services.alerts.delivery import sender
from services.alerts.delivery.addresses import AddressPolicy, networks
from services.alerts.delivery.vault import Vault
from services.alerts.exposition import Looked
from services.alerts.ledger import comparisons as quarterly
from services.alerts.loops import Closing
from services.alerts.open_alerts import open_alerts
from services.alerts.outcomes.importing import Importing
from services.alerts.outcomes.refreshing import Refreshing
from services.alerts.rules import catalogue, evaluation
from services.alerts.rules.rule import RESIGNATION_WAVE
from services.alerts.settings import AlertsSettings
from services.contracts.governance import Policy
from services.process import web
from services.telemetry import logs
from services.telemetry.clock import wall

ROUTERS: Final = (
    catalogues.router,
    indicators.router,
    pulse.router,
    units.router,
    alerts.router,
    comparisons.router,
    outcomes.router,
    receipts.router,
    health.router,
)
DESCRIPTION: Final = web.Description(
    service="alerts",
    summary="What may be known of the climate of an organisation.",
    text=api.__doc__ or "",
    quiet=frozenset({"/healthz", "/readyz", "/metrics", "/metrics/indicators"}),
)
Loop = Callable[[], Coroutine[Any, Any, None]]


class State(TypedDict):
    """What every route finds in ``request.state``; its engine has a reader's rights.

    ``importing`` alone can write: business figures, for whoever holds a key.
    """

    engine: Engine
    reader_token: SecretStr | None
    now: Callable[[], datetime]
    looked: Looked
    console: console.Console
    importing: Importing


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
        engine = await asyncio.to_thread(_opened, settings, policy, now())
        readers = database.open_engine(settings.reader_database or settings.database)
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
        refreshing = Refreshing(engine, policy, now)
        async with _running((closing.run, deliver, refreshing.run)):
            logs.emit("process.ready", service="alerts", address=f"{settings.host}:{settings.port}")
            yield {
                "engine": readers,
                "reader_token": settings.reader_token,
                "now": now,
                "looked": looked,
                "console": _console(readers, policy),
                "importing": Importing(engine, {each.id: each for each in policy.outcomes}, now),
            }
            logs.emit("process.stopping", service="alerts")
        readers.dispose()
        engine.dispose()

    app = web.application(DESCRIPTION, ROUTERS, lifespan)
    app.include_router(console.router, dependencies=[Depends(access.reader)])
    return app


def _evaluate(connection: Connection, window: Window, now: datetime) -> None:
    evaluation.evaluate(connection, window.cadence, window.start, now)
    quarterly.make(connection, window, now)


def _opened(settings: AlertsSettings, policy: Policy, now: datetime) -> Engine:
    """The database on the newest schema, with the rules that we bring and the policy asks for."""
    engine = database.open_engine(settings.database)
    migrations.upgrade_or_refuse(engine)
    with database.writing(engine) as connection:
        catalogue.install(connection, catalogue.BUILT_IN, now)
        catalogue.switch(connection, RESIGNATION_WAVE, now, on=policy.resignation_wave)
    return engine


def _console(engine: Engine, policy: Policy) -> console.Console:
    facts = console.Facts(
        k=policy.k,
        purpose=policy.purpose,
        text_life_hours=round(policy.text_life.total_seconds() / 3600),
        frozen_languages=policy.frozen_languages,
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


def main() -> None:
    """Run the service until it is told to stop."""
    web.run("alerts", AlertsSettings, create_app)


if __name__ == "__main__":
    main()
