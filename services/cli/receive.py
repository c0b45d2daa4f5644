"""``barograph receive``: a receiver of webhooks that believes nothing it cannot verify.

It is the receiver of the demonstration and an example of one: signature first, over the bytes as
they came, then the content.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import click
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.alerts.delivery import signature
from services.alerts.delivery.signature import SecretInvalid
from services.process import exits
from services.telemetry.clock import wall

MOST_BODY: Final = 256 * 1024
Taken = Callable[[dict[str, Any]], None]


class Receiver:
    """Verifies what arrives and hands each webhook on once.

    Args:
        secrets: Any of them may have signed.
        taken: Is given what a webhook says, once a ``webhook-id``.
        clock: Unix seconds.
    """

    def __init__(self, secrets: Sequence[str], taken: Taken, clock: Callable[[], int]) -> None:
        self._secrets, self._taken, self._clock = tuple(secrets), taken, clock
        self._known: dict[str, None] = {}

    def app(self) -> Starlette:
        """The receiver as an ASGI application: ``POST`` to any path."""
        route = Route("/{path:path}", self._receive, methods=["POST"])
        return Starlette(routes=[route])

    async def _receive(self, request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BODY:
                return Response(status_code=413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        rejected = signature.check(headers, bytes(body), self._secrets, self._clock())
        if rejected is not None:
            return Response(rejected.value, status_code=401, media_type="text/plain")
        message_id = headers["webhook-id"]
        if message_id in self._known:  # delivery is at least once: a repeat is not news
            return Response(status_code=204)
        try:
            document = json.loads(body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            return Response(status_code=400)
        await run_in_threadpool(self._taken, document)
        self._known[message_id] = None
        while len(self._known) > 10_000:  # noqa: PLR2004  # far more than are ever retried
            del self._known[next(iter(self._known))]
        return Response(status_code=204)


def describe(document: dict[str, Any]) -> list[str]:
    """One line an alert: type, unit, severity and window; one line for what has no alerts."""
    data = document.get("data", {})
    lines = []
    for alert in data.get("alerts", ()):
        unit = alert.get("unit_name") or alert.get("labels", {}).get("unit") or "(not named)"
        window = alert.get("window", {})
        days = f"{window.get('start')} .. {window.get('end')}"
        lines.append(f"{document['type']}  {unit}  {alert.get('severity')}  {days}")
    return lines or [str(document.get("type"))]


@click.command()
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    envvar="BAROGRAPH_RECEIVE_SECRET",
    show_envvar=True,
    required=True,
    help="What the sender signs with (whsec_...); may be given several times.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8450, show_default=True)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append what was verified to this file, one JSON document a line.",
)
def receive(secrets: tuple[str, ...], host: str, port: int, record: Path | None) -> None:
    """Take webhooks, verify them and print one line an alert, until interrupted.

    What is not signed with one of the secrets, or was signed more than five minutes ago, is
    answered 401 and not printed.  Exits with 78 where a secret is none of Standard Webhooks.
    """
    try:
        for secret in secrets:
            signature.parse(secret)
    except SecretInvalid:
        exits.refuse("not a secret: whsec_ and the base64 of 24 to 64 bytes")

    def taken(document: dict[str, Any]) -> None:
        for line in describe(document):
            click.echo(line)
        if record is not None:
            line = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            with record.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    receiver = Receiver(secrets, taken, lambda: int(wall().timestamp()))
    click.echo(f"listening on http://{host}:{port}/", err=True)
    uvicorn.run(receiver.app(), host=host, port=port, log_level="critical", access_log=False)
