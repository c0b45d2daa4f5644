"""One line a request, with the route's template: a path as it came may hold anything."""

from __future__ import annotations

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.telemetry import logs

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class HttpLog:
    """ASGI middleware: says how each request ended; the health routes are not worth a line."""

    def __init__(self, app: ASGIApp, quiet: frozenset[str] = frozenset()) -> None:
        self._app, self._quiet = app, quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            if route not in self._quiet:
                method = scope["method"]
                logs.emit(
                    "http.request",
                    method=method if method in METHODS else "other",
                    route=route,
                    status=status,
                    duration_ms=round((time.perf_counter() - started) * 1000),
                )
