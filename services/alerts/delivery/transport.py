"""One POST to an address that was checked, and to no other: no redirect, no proxy, no environment.

The name is resolved here, every answer is checked, and the connection goes to the literal that
was checked; TLS still verifies the name.  A client that checks and then lets the library resolve
again can be led inside by a name that answers differently the second time.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import httpcore2
from typing_extensions import override

from services.alerts.delivery.addresses import Address, AddressPolicy, address_of
from services.alerts.delivery.schedule import Answer, Trouble

TIMEOUTS: Final = {"connect": 5.0, "read": 15.0, "write": 15.0, "pool": 5.0}
TOTAL_S: Final = 20.0
Resolve = Callable[[str, int], Awaitable[list[Address]]]


class AddressRefused(Exception):
    """The policy does not let us connect there."""


class NotResolved(Exception):
    """The name has no address."""


async def resolve(host: str, port: int) -> list[Address]:
    """Every address of *host*, as the system resolves it.

    Raises:
        NotResolved: there is none.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotResolved from None
    return [address_of(str(where[0])) for *_, where in found]


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, policy: AddressPolicy, resolver: Resolve = resolve) -> None:
        self._policy, self._resolve = policy, resolver
        self._plain = httpcore2.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of *host*, if all of them may be connected to.

        Raises:
            AddressRefused: at least one may not: a mixed answer is an attempt.
            NotResolved: it has none.
        """
        async with asyncio.timeout(timeout):
            addresses = await self._resolve(host, port)
        if not addresses:
            raise NotResolved
        if not all(self._policy.admits(address, port) for address in addresses):
            raise AddressRefused
        return await self._plain.connect_tcp(
            str(addresses[0]), port, timeout, local_address, socket_options
        )

    @override
    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: a socket of this machine is no receiver."""
        raise AddressRefused

    @override
    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await asyncio.sleep(seconds)


def open_pool(
    policy: AddressPolicy, *, trust: ssl.SSLContext | None = None, resolver: Resolve = resolve
) -> httpcore2.AsyncConnectionPool:
    """A pool that keeps no connection: each attempt resolves and checks again."""
    return httpcore2.AsyncConnectionPool(
        ssl_context=trust or ssl.create_default_context(),
        max_connections=20,
        max_keepalive_connections=0,
        network_backend=PinnedBackend(policy, resolver),
    )


_TROUBLES: Final[tuple[tuple[type[Exception], Trouble], ...]] = (
    (AddressRefused, Trouble.ADDRESS),
    (NotResolved, Trouble.RESOLVE),
    (TimeoutError, Trouble.TIMEOUT),
    (httpcore2.TimeoutException, Trouble.TIMEOUT),
    (httpcore2.NetworkError, Trouble.CONNECT),
    (httpcore2.ProtocolError, Trouble.PROTOCOL),
    (httpcore2.UnsupportedProtocol, Trouble.PROTOCOL),
)


async def post(
    pool: httpcore2.AsyncConnectionPool,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    total_s: float = TOTAL_S,
) -> Answer:
    """Send *body* once and say what came back; the answer's body is not read.

    Never raises for what the other side does: that is an answer too.
    """
    try:
        async with (
            asyncio.timeout(total_s),
            pool.stream(
                "POST",
                url,
                headers=[(name, value) for name, value in headers.items()],
                content=body,
                extensions={"timeout": TIMEOUTS},
            ) as response,
        ):
            given = {name.lower(): value for name, value in response.headers}
            return Answer(
                status=response.status,
                retry_after=_text(given.get(b"retry-after")),
                control=_text(given.get(b"webhook-delivery")),
            )
    except tuple(kind for kind, _ in _TROUBLES) as failure:
        return Answer(None, _trouble(failure))


def _trouble(failure: Exception) -> Trouble:
    cause: BaseException | None = failure
    while cause is not None:  # the pool raises "from None": what TLS found is context alone
        if isinstance(cause, ssl.SSLCertVerificationError):
            expired = "expired" in cause.verify_message
            return Trouble.CERTIFICATE_EXPIRED if expired else Trouble.CERTIFICATE
        cause = cause.__cause__ or cause.__context__
    return next(trouble for kind, trouble in _TROUBLES if isinstance(failure, kind))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value[:64].decode("ascii", "replace").strip()
