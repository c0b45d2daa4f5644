"""A gateway that answers over HTTP as ours does, keeps what it is sent and can be made to fail."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY: Final = "bgk_test"

Trouble = Literal["full", "slow down", "cut", "broken", "forbidden"]


ANSWERS: Final[dict[Trouble, Response]] = {
    "full": JSONResponse({"type": "/problems/spool-full"}, 503, {"Retry-After": "7"}),
    "slow down": JSONResponse({"type": "/problems/too-many"}, 429, {"Retry-After": "3"}),
    "broken": Response("<html>", 502),
    "forbidden": JSONResponse({"type": "/problems/forbidden"}, 403),
    # Breaks off: the sender cannot know what became of the request.
    "cut": Response("{", 200, {"Content-Length": "100"}),
}


class FakeGateway:
    """Takes channels that begin with ``demo:``, refuses lines that are no JSON object.

    Attributes:
        events: What was kept, by event id.
        arrivals: Ids in the order of their arrival, duplicates included.
        behind: Events that came although the clock had been declared to be past them.
        declared: Every declared time.
        directory: The last one.
        directories: How many there were.
        channels: Lists of channels, by source.
        opted_out: Identities, each as often as it was told.
        held: Whether the clock is declared now.
        batches: Sizes of the batches that were answered.
        trouble: What to answer to the next requests instead.
        forbidden_after: So many kept events after which no more are taken.
    """

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.arrivals: list[str] = []
        self.behind: list[float] = []
        self.declared: list[datetime] = []
        self.directory: dict[str, Any] = {}
        self.directories = 0
        self.channels: dict[str, list[dict[str, Any]]] = {}
        self.opted_out: list[str] = []
        self.held = False
        self.batches: list[int] = []
        self.trouble: deque[Trouble] = deque()
        self.forbidden_after: int | None = None
        self.seen: Counter[str] = Counter()

    async def post_events(self, request: Request) -> Response:
        lines = (await request.body()).splitlines()
        if self.forbidden_after is not None and len(self.events) >= self.forbidden_after:
            return ANSWERS["forbidden"]
        results = [self._take(index, line) for index, line in enumerate(lines)]
        if (answer := self._troubled("events", request)) is not None:
            return answer
        self.batches.append(len(lines))
        counts = Counter(result["outcome"] for result in results)
        return JSONResponse(
            {name: counts[name] for name in ("accepted", "ignored", "refused")}
            | {"results": results}
        )

    def _take(self, index: int, line: bytes) -> dict[str, Any]:
        try:
            event = json.loads(line)
            at = datetime.fromisoformat(event["time"])
            data = event["data"]
            channel = f"demo:{data['target']}" if "@context" in data else data["channel"]
        except (ValueError, KeyError, TypeError):
            return {"index": index, "outcome": "refused", "reason": "not_json"}
        if event["type"] == "org.example.other":
            return {"index": index, "outcome": "ignored", "reason": "other_event"}
        if not channel.startswith("demo:"):
            return {"index": index, "outcome": "refused", "reason": "channel_not_listed"}
        if not self.trouble or self.trouble[0] == "cut":
            self.events[event["id"]] = event
            self.arrivals.append(event["id"])
            if self.declared and self.declared[-1] > at:
                self.behind.append((self.declared[-1] - at).total_seconds())
        return {"index": index, "outcome": "accepted"}

    async def put_directory(self, request: Request) -> Response:
        body = await request.json()
        if (answer := self._troubled("directory", request)) is not None:
            return answer
        self.directory = body
        self.directories += 1
        return JSONResponse({"people": len(body["people"])})

    async def put_channels(self, request: Request) -> Response:
        body = await request.json()
        if (answer := self._troubled("channels", request)) is not None:
            return answer
        self.channels[body["source"]] = body["channels"]
        return JSONResponse({"channels": len(body["channels"])})

    async def opt_out(self, request: Request) -> Response:
        body = await request.json()
        if (answer := self._troubled("opt-outs", request)) is not None:
            return answer
        self.opted_out += [body["identity"]] * body["opted_out"]
        return Response(status_code=202)

    async def clock(self, request: Request) -> Response:
        body = await request.json() if request.method == "PUT" else {}
        if (answer := self._troubled("clock", request)) is not None:
            return answer
        if request.method == "GET":
            return JSONResponse({"declared": self.declared[-1].isoformat() if self.held else None})
        if request.method == "DELETE":
            self.held = False
            return Response(status_code=204)
        at = datetime.fromisoformat(body["declared"])
        if self.declared and at < self.declared[-1]:
            return JSONResponse({"type": "/problems/conflict"}, 409)
        self.held = True
        self.declared.append(at)
        return Response(status_code=204)

    def _troubled(self, route: str, request: Request) -> Response | None:
        self.seen[route] += 1
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return JSONResponse({"type": "/problems/unauthenticated"}, 401)
        return ANSWERS[self.trouble.popleft()] if self.trouble else None

    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/v1/events", self.post_events, methods=["POST"]),
                Route("/v1/directory", self.put_directory, methods=["PUT"]),
                Route("/v1/channels", self.put_channels, methods=["PUT"]),
                Route("/v1/opt-outs", self.opt_out, methods=["POST"]),
                Route("/v1/clock", self.clock, methods=["GET", "PUT", "DELETE"]),
            ]
        )

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Serve on a free port of this machine; yields the address."""
        server = uvicorn.Server(
            uvicorn.Config(self.app(), port=0, log_config=None, lifespan="off", ws="none")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        try:
            port = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(10)
