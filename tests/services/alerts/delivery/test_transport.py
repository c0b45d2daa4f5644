"""A connection goes to an address that was checked, whatever the name says the next time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.alerts.delivery.addresses import LOOPBACK, Address, AddressPolicy
from services.alerts.delivery.schedule import Answer, Trouble
from services.alerts.delivery.transport import NotResolved, Resolve, open_pool, post
from tests.fakes.receiver import Receiver, Say, free_port, serving

OWN = AddressPolicy(LOOPBACK)


def answering(*rounds: list[str]) -> Resolve:
    """A resolver that answers differently each time, as an attacker's name server does."""
    left = list(rounds)

    async def resolve(_: str, __: int) -> list[Address]:
        return [ip_address(text) for text in left.pop(0)]

    return resolve


async def send(
    url: str,
    *,
    policy: AddressPolicy = OWN,
    resolver: Resolve | None = None,
    trust: ssl.SSLContext | None = None,
    total_s: float = 5,
) -> Answer:
    extra = {} if resolver is None else {"resolver": resolver}
    async with open_pool(policy, trust=trust, **extra) as pool:
        return await post(pool, url, {"X-Test": "1"}, b"{}", total_s=total_s)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def port(receiver: Receiver) -> Iterator[int]:
    with serving(receiver.app()) as port:
        yield port


async def test_sends_the_bytes_and_the_headers(receiver: Receiver, port: int) -> None:
    answer = await send(f"http://127.0.0.1:{port}/hook")

    (seen,) = receiver.seen
    assert answer == Answer(204)
    assert (seen.path, seen.body, seen.headers["x-test"]) == ("/hook", b"{}", "1")


async def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver, port: int) -> None:
    receiver.answers = [Say(302, {"location": f"http://127.0.0.1:{port}/inside"})]

    assert (await send(f"http://127.0.0.1:{port}/")).status == 302
    assert len(receiver.seen) == 1


async def test_an_address_inside_is_refused_before_anything_is_sent(
    receiver: Receiver, port: int
) -> None:
    answer = await send(f"http://127.0.0.1:{port}/", policy=AddressPolicy())

    assert answer == Answer(None, Trouble.ADDRESS)
    assert receiver.seen == []


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "localhost"]
)
async def test_no_spelling_of_our_own_address_gets_through(
    receiver: Receiver, port: int, host: str
) -> None:
    answer = await send(f"http://{host}:{port}/", policy=AddressPolicy())

    assert answer == Answer(None, Trouble.ADDRESS)
    assert receiver.seen == []


async def test_one_private_answer_among_public_ones_refuses_all() -> None:
    resolver = answering(["8.8.8.8", "127.0.0.1"])

    answer = await send("https://hr.example/", policy=AddressPolicy(), resolver=resolver)

    assert answer == Answer(None, Trouble.ADDRESS)


async def test_a_name_that_moves_inside_is_refused_at_the_next_attempt(
    receiver: Receiver, port: int
) -> None:
    resolver = answering(["127.0.0.1"], ["10.0.0.1"])
    async with open_pool(OWN, resolver=resolver) as pool:
        url = f"http://hr.example:{port}/"

        first = await post(pool, url, {}, b"{}")
        second = await post(pool, url, {}, b"{}")

    assert first == Answer(204)
    assert second == Answer(None, Trouble.ADDRESS)
    assert receiver.seen[0].headers["host"] == f"hr.example:{port}"


async def test_the_proxy_of_the_environment_is_not_asked(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")

    assert (await send(f"http://127.0.0.1:{port}/")).status == 204


async def test_a_name_without_an_address_is_said_to_have_none() -> None:
    async def nowhere(_: str, __: int) -> list[Address]:
        raise NotResolved

    answer = await send("https://hr.example/", resolver=nowhere)

    assert answer == Answer(None, Trouble.RESOLVE)


async def test_a_closed_port_is_a_failed_connection() -> None:
    assert await send(f"http://127.0.0.1:{free_port()}/") == Answer(None, Trouble.CONNECT)


async def test_a_receiver_that_never_answers_is_left(receiver: Receiver, port: int) -> None:
    receiver.answers = [Say(after_s=3)]

    answer = await send(f"http://127.0.0.1:{port}/", total_s=0.3)

    assert answer == Answer(None, Trouble.TIMEOUT)


async def test_an_endless_answer_is_not_read() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]

        assert await send(f"http://127.0.0.1:{port}/") == Answer(200)


async def test_something_that_is_not_http_is_a_protocol_error() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]

        assert await send(f"http://127.0.0.1:{port}/") == Answer(None, Trouble.PROTOCOL)


Certify = Callable[[str, timedelta], tuple[ssl.SSLContext, ssl.SSLContext]]


@pytest.fixture
def certify(tmp_path: Path) -> Certify:
    """Contexts of a server of that name and of a client that trusts it."""

    def made(name: str, life: timedelta) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        end = datetime.now(UTC) + life
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=2))
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path / "certificate.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(path)
        return server, ssl.create_default_context(cafile=str(path))

    return made


@pytest.mark.parametrize(
    ("named", "life", "expected"),
    [
        ("hr.example", timedelta(days=1), Answer(204)),
        ("other.example", timedelta(days=1), Answer(None, Trouble.CERTIFICATE)),
        ("hr.example", timedelta(days=-1), Answer(None, Trouble.CERTIFICATE_EXPIRED)),
    ],
)
async def test_tls_verifies_the_name_although_the_address_is_pinned(
    certify: Certify, named: str, life: timedelta, expected: Answer
) -> None:
    asked: list[str | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    context, trust = certify(named, life)
    context.sni_callback = lambda _, name, __: asked.append(name)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer = await send(
            f"https://hr.example:{port}/", resolver=answering(["127.0.0.1"]), trust=trust
        )

    assert answer == expected
    assert asked == ["hr.example"]
