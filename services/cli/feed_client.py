"""Posts a feed to the gateway: waits where it is told to, and repeats what may have got lost.

To repeat is harmless: an event that came before has the same id.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

Outcome = Literal["accepted", "ignored", "refused"]

TIMEOUT_S: Final = 60
RELEASED_WITHIN_S: Final = 10
"""The clock is released on the way out, also where the gateway is gone for good."""
NDJSON: Final = "application/x-ndjson"
LONGEST_WAIT_S: Final = 30.0
FIRST_WAIT_S: Final = 0.25
_COME_BACK: Final = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class _Answer(BaseModel):
    # An error must not quote the answer: it could quote what was sent.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Item(_Answer):
    """What became of one event of a batch."""

    index: Annotated[int, Field(ge=0)]
    outcome: Outcome
    reason: str | None = None


class Batch(_Answer):
    """What became of a batch."""

    accepted: int
    ignored: int
    refused: int
    results: tuple[Item, ...] = ()


class _Clock(_Answer):
    declared: AwareDatetime | None


@dataclass
class Tally:
    """What became of everything so far."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[tuple[Outcome, str]] = field(default_factory=Counter)

    def add(self, batch: Batch) -> None:
        """Count *batch* in."""
        self.outcomes["accepted"] += batch.accepted
        self.outcomes["ignored"] += batch.ignored
        self.outcomes["refused"] += batch.refused
        for item in batch.results:
            if item.reason is not None and item.outcome != "accepted":
                self.reasons[item.outcome, item.reason] += 1

    @property
    def sent(self) -> int:
        """How many events were answered."""
        return self.outcomes.total()


def connect(address: str) -> httpx2.AsyncClient:
    """A connection to the gateway at *address*; a proxy is never asked for this machine itself."""
    local = httpx2.URL(address).host in {"127.0.0.1", "localhost", "::1"}
    return httpx2.AsyncClient(base_url=address, timeout=TIMEOUT_S, trust_env=not local)


class GatewayRefused(Exception):
    """The gateway said no, and would say no again.

    Attributes:
        status: HTTP status.
        problem: Last part of the problem's type, such as ``forbidden``.
    """

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(f"the gateway answered {status} ({problem})")
        self.status, self.problem = status, problem


class GatewayUnavailable(Exception):
    """The gateway could not be reached for as long as we were willing to wait."""


class FeedClient:
    """One platform's connection to the gateway.

    Args:
        http: A client whose base URL is the gateway's.
        key: API key.
        patience_s: How long one request is repeated, in seconds waited.
        sleep: How to wait.
    """

    def __init__(
        self,
        http: httpx2.AsyncClient,
        key: str,
        *,
        patience_s: float = 900,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._http, self._patience_s, self._sleep = http, patience_s, sleep
        self._headers = {"Authorization": f"Bearer {key}"}

    async def send(self, lines: Sequence[bytes]) -> Batch:
        """Post the events in *lines*, one JSON object each, in their order.

        Raises:
            GatewayRefused: not one of them was taken.
            GatewayUnavailable: the gateway cannot be reached.
        """
        answer = await self._request("POST", "/v1/events", b"\n".join(lines) + b"\n", NDJSON)
        try:
            return Batch.model_validate_json(answer.content)
        except ValidationError:
            raise GatewayRefused(answer.status_code, "not-understood") from None

    async def put_directory(self, directory: Mapping[str, Any]) -> None:
        """Replace the gateway's directory.

        Raises:
            GatewayRefused: it does not take it.
            GatewayUnavailable: it cannot be reached.
        """
        await self._request("PUT", "/v1/directory", json.dumps(directory).encode())

    async def put_channels(self, channels: Mapping[str, Any]) -> None:
        """Replace the gateway's list of one source's channels.

        Raises:
            GatewayRefused: it does not take it.
            GatewayUnavailable: it cannot be reached.
        """
        await self._request("PUT", "/v1/channels", json.dumps(channels).encode())

    async def opt_out(self, identity: str) -> None:
        """Say that the holder of *identity* does not take part any more.

        Raises:
            GatewayRefused: the key may not say so.
            GatewayUnavailable: the gateway cannot be reached.
        """
        told = {"identity": identity, "opted_out": True}
        await self._request("POST", "/v1/opt-outs", json.dumps(told).encode())

    async def declare(self, at: datetime) -> None:
        """Say that everything before *at* has been sent; the clock is ours until released.

        Raises:
            GatewayRefused: another feed holds the clock, or it was later already.
            GatewayUnavailable: it cannot be reached.
        """
        moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        await self._request("PUT", "/v1/clock", json.dumps({"declared": moment}).encode())

    async def declared(self) -> datetime | None:
        """The time that this key has declared: everything before it was sent; None if none is.

        Raises:
            GatewayRefused: another feed holds the clock.
            GatewayUnavailable: it cannot be reached.
        """
        answer = await self._request("GET", "/v1/clock")
        try:
            return _Clock.model_validate_json(answer.content).declared
        except ValidationError:
            raise GatewayRefused(answer.status_code, "not-understood") from None

    async def release(self) -> None:
        """Give the clock back to the wall's time.

        Raises:
            GatewayRefused: it is not ours.
            GatewayUnavailable: it cannot be reached.
        """
        await self._request("DELETE", "/v1/clock", patience_s=RELEASED_WITHIN_S)

    async def _request(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        media: str = "application/json",
        *,
        patience_s: float | None = None,
    ) -> httpx2.Response:
        patience_s = min(self._patience_s, patience_s or self._patience_s)
        headers = {**self._headers, "Content-Type": media} if content else self._headers
        waited, next_wait = 0.0, FIRST_WAIT_S
        while True:
            try:
                answer = await self._http.request(method, path, content=content, headers=headers)
            except httpx2.TransportError:
                wait = next_wait
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in _COME_BACK:
                    raise GatewayRefused(answer.status_code, _problem(answer))
                wait = _asked_to_wait(answer, next_wait)
            if waited + wait > patience_s:
                raise GatewayUnavailable
            await self._sleep(wait)
            waited, next_wait = waited + wait, min(2 * next_wait, LONGEST_WAIT_S)


def _asked_to_wait(answer: httpx2.Response, otherwise: float) -> float:
    """Seconds to wait after *answer*; a date or nonsense in the header counts as none."""
    try:
        return min(max(float(answer.headers.get("Retry-After", "")), 0.05), LONGEST_WAIT_S)
    except ValueError:
        return otherwise


def _problem(answer: httpx2.Response) -> str:
    """The problem's slug: words that the gateway chose, never words that came from us."""
    try:
        kind = str(answer.json()["type"]).rpartition("/")[2]
    except (ValueError, KeyError, TypeError):
        return "unknown"
    return kind if kind.isascii() and kind.replace("-", "").isalpha() else "unknown"
