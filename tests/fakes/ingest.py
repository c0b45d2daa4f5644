"""A whole gateway for tests: real files and admission, a broker that is a list, a clock by hand."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self, cast

from aiokafka import AIOKafkaConsumer
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretBytes

from services.contracts import governance
from services.contracts.access import Scope, generate
from services.contracts.bus import Sends
from services.contracts.governance import Policy
from services.contracts.messages import MessageV1
from services.ingest.api_keys import ApiKeys
from services.ingest.gateway_database import open_gateway_database
from services.ingest.link import Link
from services.ingest.main import create_app
from services.ingest.settings import IngestSettings
from services.ingest.spool import Spool
from tests.fakes.bus import MemorySender

CANARY: Final = "canary: I hate my boss"
START: Final = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
SLACK_SECRET: Final = b"8f742231b10e8888abcd99yyyzzz85a5"
POLICY: Final[dict[str, Any]] = {
    "version": 1,
    "organisation": "Acme",
    "purpose": "To see where work weighs too heavily.",
    "sources": ["feed", "slack"],
    "channels": ["feed:*", "slack:*"],
    "indicators": ["valence"],
    "works_council": {"decision": "consent", "date": "2025-11-03", "reference": "CPBW 2025/11"},
    "expires": "2027-06-30",
}
DIRECTORY: Final[dict[str, Any]] = {
    "units": [{"id": "acme", "parent": None}, {"id": "acme.sales", "parent": "acme"}],
    "people": [
        {
            "person": f"p{n}",
            "unit": "acme.sales",
            "identities": [f"feed:u{n}", f"mail:p{n}@example.org", f"slack:T0/U{n}"],
            "time_zone": "Europe/Brussels",
            "since": "2024-09-01",
        }
        for n in (1, 2, 3)
    ],
}


class _Silence:
    """A consumer of a topic on which nothing is ever said."""

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""

    def subscribe(self, _: object) -> None:
        """Accept."""

    async def getmany(self, *, timeout_ms: int) -> dict[Any, list[Any]]:
        await asyncio.sleep(timeout_ms / 1000)
        return {}


class MemoryLink:
    """A link whose broker is ``producer``'s list; nobody settles anything.

    Attributes:
        answers: Whether the broker does.
    """

    def __init__(self) -> None:
        self.producer = MemorySender()
        self.sender: Sends = self.producer
        self.open_reader: Callable[[], AIOKafkaConsumer] = _Silence
        self.answers = True

    async def connected(self) -> bool:
        """As it was told."""
        return self.answers


@dataclass
class Gateway:
    """A gateway that is open, with a key that may do everything."""

    client: TestClient
    link: MemoryLink
    folder: Path
    token: str
    keys: ApiKeys
    time: list[datetime]

    def wait(self, delta: timedelta) -> None:
        """Move the wall's clock."""
        self.time[0] += delta

    def spool(self) -> Spool:
        """The spool behind it."""
        return cast("Spool", self.client.app_state["edge"].spool)

    def send(
        self, body: bytes | str, media: str = "application/cloudevents+json", **headers: str
    ) -> Response:
        """Post events."""
        sent = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": media,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.client.post("/v1/events", content=body, headers=sent)

    def ask(self, method: str, path: str, **changes: Any) -> Response:
        """Send any other request with the key."""
        headers = {"Authorization": f"Bearer {self.token}", **changes.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **changes)

    def slack(self, payload: object, *, age_s: int = 0, secret: bytes = SLACK_SECRET) -> Response:
        """Post what Slack would, signed."""
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        timestamp = str(int(self.time[0].timestamp()) - age_s)
        signed = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + raw, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signed.hexdigest()}",
        }
        return self.client.post("/v1/sources/slack", content=raw, headers=headers)

    def owed(self) -> list[MessageV1]:
        """What the spool holds, asked on the gateway's own loop."""
        portal = self.client.portal
        assert portal is not None
        return portal.call(self.spool().unsent, 0, 100)

    def held(self) -> int:
        """How many messages the spool holds."""
        return self.spool().held()


@contextmanager
def gateway(
    folder: Path, *, policy: Mapping[str, Any] | None = None, **changes: Any
) -> Iterator[Gateway]:
    """A gateway in *folder*; *changes* are settings."""
    settings = IngestSettings(
        **{
            "database": folder / "gateway.db",
            "spool": folder / "spool.db",
            "text_keys": folder / "text_keys.db",
            "governance": folder / "governance.yaml",
            "policy_public_key": folder / "policy.pub",
            "slack_signing_secret": SecretBytes(SLACK_SECRET),
            **changes,
        }
    )
    link, time = MemoryLink(), [START]

    @asynccontextmanager
    async def opened() -> AsyncIterator[Link]:
        yield link

    keys = ApiKeys(open_gateway_database(settings.database))
    token, key = generate(Scope, START + timedelta(days=365), label="feed")
    keys.add(key)
    app = create_app(settings, checked(policy or POLICY), opened, lambda: time[0])
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Gateway(client, link, folder, token, keys, time)


def checked(document: Mapping[str, Any]) -> Policy:
    """A policy as after its signature was found right."""
    return governance.checked(document)


def message(**changes: Any) -> dict[str, Any]:
    """A CloudEvent with a message of ``u1``; None leaves a field of the data out."""
    number = changes.pop("id", "m1")
    data = {
        "message_id": number,
        "identity": "feed:u1",
        "channel": "town-square",
        "visibility": "public",
        "text": CANARY,
    }
    kind = changes.pop("kind", "created")
    time = changes.pop("time", "2026-01-05T08:00:00Z")
    changed = {key: value for key, value in {**data, **changes}.items() if value is not None}
    return {
        "specversion": "1.0",
        "id": f"event-{number}",
        "source": "feed",
        "type": f"org.barograph.message.{kind}.v1",
        "time": time,
        "data": changed,
    }
