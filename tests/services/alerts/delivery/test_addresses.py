"""Where a webhook may go."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.delivery.addresses import (
    LOOPBACK,
    AddressPolicy,
    UrlRefused,
    address_of,
    check_url,
    networks,
)

HOSTILE = (
    "0.0.0.1", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::", "5f00::1", "fc00::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "ff0e::1",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_inside_is_reached(text: str) -> None:
    assert not AddressPolicy().admits(address_of(text), 443)


@pytest.mark.parametrize("text", PUBLIC)
def test_the_public_internet_is_reached_on_two_ports(text: str) -> None:
    policy = AddressPolicy()

    assert [
        port for port in (22, 80, 443, 5432, 8443) if policy.admits(address_of(text), port)
    ] == [
        443,
        8443,
    ]


@given(st.integers(2**24, 2**32 - 1))
def test_wrapping_an_address_in_ipv6_gains_nothing(number: int) -> None:
    plain = ip_address(number)
    policy = AddressPolicy()

    assert policy.admits(address_of(f"::ffff:{plain}"), 443) == policy.admits(plain, 443)


def test_the_operators_own_networks_are_reached_on_any_port_and_no_others() -> None:
    policy = AddressPolicy(networks("10.20.0.0/16, 127.0.0.0/8"))

    assert policy.admits(address_of("10.20.1.1"), 8080)
    assert policy.admits(address_of("::ffff:127.0.0.1"), 80)
    assert not policy.admits(address_of("10.21.0.1"), 443)
    assert networks("127.0.0.0/8") == LOOPBACK
    assert networks("") == ()


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("https://hr.example/hook", None),
        ("https://hr.example:8443/hook?x=1", None),
        ("https://2130706433/", None),
        ("http://hr.example/", UrlRefused.SCHEME),
        ("ftp://hr.example/", UrlRefused.SCHEME),
        ("hr.example/hook", UrlRefused.SCHEME),
        ("https://user@hr.example/", UrlRefused.USERINFO),
        ("https://hr.example/#x", UrlRefused.FRAGMENT),
        ("https:///hook", UrlRefused.HOST),
        ("https://hr.example:0/", UrlRefused.PORT),
        ("https://hr.example:99999/", UrlRefused.NOT_A_URL),
        ("https://[::1/", UrlRefused.NOT_A_URL),
        ("https://hr.example/a b", UrlRefused.NOT_A_URL),
        ("https://hr.example/\r\nX: y", UrlRefused.NOT_A_URL),
        ("https://h\u00e9.example/", UrlRefused.NOT_A_URL),
        ("https://hr.example/" + "a" * 2_000, UrlRefused.TOO_LONG),
    ],
)
def test_a_url_is_refused_for_a_reason(url: str, refused: UrlRefused | None) -> None:
    assert check_url(url, http=False) is refused


def test_plain_http_is_for_our_own_networks_and_never_on_a_public_port() -> None:
    assert check_url("http://127.0.0.1:8450/", http=True) is None
    assert check_url("http://hr.example:443/", http=True) is UrlRefused.PORT
