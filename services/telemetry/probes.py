"""``/healthz`` and ``/metrics`` of a process that serves nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


@asynccontextmanager
async def serving(
    host: str, port: int, healthy: Callable[[], bool]
) -> AsyncIterator[tuple[str, int]]:
    """Serve them while the context is open; yields the address, port 0 leaves the choice.

    It runs in the loop of the work itself: a loop that is blocked answers neither.
    """

    async def health(_: web.Request) -> web.Response:
        return web.Response(status=204) if healthy() else web.Response(status=503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/healthz", health), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0]
        yield str(bound[0]), int(bound[1])
    finally:
        await runner.cleanup()
