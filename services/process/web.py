"""A process that answers HTTP under a signed policy: its application and its start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from services.contracts import governance, problems
from services.contracts.failures import Unavailable
from services.contracts.governance import Policy, PolicyInvalid
from services.process import exits
from services.telemetry import logs
from services.telemetry.clock import wall
from services.telemetry.http_log import HttpLog
from services.telemetry.request_id import RequestId

RETRY_AFTER_S: Final = 5


class WebSettings(Protocol):
    """What every such process is told."""

    @property
    def governance(self) -> Path:
        """The policy: without a valid one, nothing starts."""
        ...

    @property
    def policy_public_key(self) -> Path:
        """Public key of whoever signs the policy."""
        ...

    @property
    def host(self) -> str:
        """Where to listen."""
        ...

    @property
    def port(self) -> int:
        """Where to listen."""
        ...


Settings = TypeVar("Settings", bound=WebSettings)


@dataclass(frozen=True, slots=True)
class Description:
    """What an application says of itself.

    Attributes:
        service: Its name in logs.
        summary: One sentence.
        text: Markdown for who reads the OpenAPI document.
        quiet: Paths whose requests are not worth a line of the log.
    """

    service: str
    summary: str
    text: str
    quiet: frozenset[str]


def application(
    description: Description,
    routers: Sequence[APIRouter],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, Any]]],
) -> FastAPI:
    """An application whose every error is a problem, and whose every request is one line."""
    app = FastAPI(
        title=f"Barograph {description.service}",
        summary=description.summary,
        description=description.text,
        version="1",
        lifespan=lifespan,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
    )
    problems.install(app)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(OperationalError, _unavailable)
    app.add_middleware(HttpLog, quiet=description.quiet)
    app.add_middleware(RequestId)
    for router in routers:
        app.include_router(router)
    return app


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    dependency = error.dependency if isinstance(error, Unavailable) else "database"
    logs.emit("batch.waiting", level="warning", waiting_for=dependency)
    return problems.answer(problems.Problem(problems.UNAVAILABLE, retry_after_s=RETRY_AFTER_S))


def run(
    service: str, settings: Callable[[], Settings], create: Callable[[Settings, Policy], FastAPI]
) -> None:
    """Serve what *create* builds until the process is told to stop.

    Args:
        service: Its name in logs.
        settings: Reads the environment.
        create: Builds the application, opening nothing yet.

    Raises:
        SystemExit: 78, with the reason on stderr, where settings or policy cannot be used.
    """
    logs.configure()
    logs.capture_libraries()
    try:
        told = settings()
        policy = governance.load(told.governance, told.policy_public_key, wall().date())
    except ValidationError as error:
        exits.refuse_settings(error)
    except PolicyInvalid as error:
        exits.refuse(error.reason)
    logs.emit("policy.loaded", service=service)
    uvicorn.run(
        create(told, policy),
        host=told.host,
        port=told.port,
        access_log=False,  # ours has the route's template, not the address as it came
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
