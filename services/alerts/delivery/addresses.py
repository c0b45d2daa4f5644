"""Where a webhook may go: never into our own network, whatever an URL's name resolves to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

LOOPBACK: Final = (ip_network("127.0.0.0/8"),)
"""What the embedded default allows: its receiver runs on this machine."""
PUBLIC_PORTS: Final = frozenset({443, 8443})
_MOST_URL: Final = 2_000
_DENIED: Final = tuple(
    ip_network(network)
    for network in (
        # is_global of Python lets these through or did so in some release.
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16",
        "5f00::/16", "fec0::/10",
    )
)  # fmt: skip


def networks(text: str) -> tuple[Network, ...]:
    """The networks in a list with commas, such as ``127.0.0.0/8,10.20.0.0/16``.

    Raises:
        ValueError: one of them is no network.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


class UrlRefused(StrEnum):
    """Why an endpoint may not have this URL."""

    TOO_LONG = "too_long"
    NOT_A_URL = "not_a_url"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    FRAGMENT = "fragment"
    HOST = "host"
    """No host, or one that is not written in ASCII (punycode)."""
    PORT = "port"


def check_url(url: str, *, http: bool) -> UrlRefused | None:  # noqa: PLR0911  # a list of refusals
    """Why *url* cannot be an endpoint; None if it can.

    Args:
        url: as its owner wrote it.
        http: whether plain HTTP may be used at all; addresses are checked when it is called.
    """
    if len(url) > _MOST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return UrlRefused.TOO_LONG if len(url) > _MOST_URL else UrlRefused.NOT_A_URL
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return UrlRefused.NOT_A_URL
    if parts.scheme != "https" and not (http and parts.scheme == "http"):
        return UrlRefused.SCHEME
    if "@" in parts.netloc:
        return UrlRefused.USERINFO
    if "#" in url:
        return UrlRefused.FRAGMENT
    if not parts.hostname:
        return UrlRefused.HOST
    if port == 0 or (parts.scheme == "http" and port in PUBLIC_PORTS):
        return UrlRefused.PORT
    return None


class AddressPolicy:
    """Says of an address whether it may be connected to.

    Args:
        allowed: networks of the operator's own receivers, however private; plain HTTP and any
            port are possible there and nowhere else.
    """

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    @property
    def allows_some(self) -> bool:
        """Whether there are networks of the operator's own."""
        return bool(self._allowed)

    def is_own(self, address: Address) -> bool:
        """Whether *address* lies in a network that the operator allowed."""
        plain = _canonical(address)
        return any(plain in network for network in self._allowed)

    def admits(self, address: Address, port: int) -> bool:
        """Whether *address* and *port* may be connected to."""
        plain = _canonical(address)
        if self.is_own(plain):
            return True
        public = plain.is_global and not plain.is_multicast
        return public and port in PUBLIC_PORTS and not any(plain in net for net in _DENIED)


def _canonical(address: Address) -> Address:
    """The IPv4 address in an IPv6 one that only wraps it."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def address_of(text: str) -> Address:
    """The address in an answer of the resolver; a zone is no part of it."""
    return ip_address(text.partition("%")[0])
