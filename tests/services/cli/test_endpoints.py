"""Who is told is said on the command line; a secret is printed once and never again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.alerts import database
from services.alerts.delivery import endpoints as registry
from services.alerts.delivery import signature
from services.alerts.delivery.vault import Vault
from services.cli.endpoints import add_endpoint, endpoints
from tests.fakes.notices import NOW, SECRET
from tests.fakes.receiver import Receiver, Say, free_port, serving

OTHER = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="


class Command:
    """``barograph endpoints`` on one database."""

    def __init__(self, folder: Path) -> None:
        self.database, self.key = folder / "climate.db", folder / "endpoints.key"

    def __call__(self, *arguments: str) -> Result:
        place = ["--database", str(self.database), "--key", str(self.key)]
        return CliRunner().invoke(endpoints, [*place, *arguments])

    def identity(self) -> str:
        return self("list").stdout.split()[0]


@pytest.fixture
def barograph(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_a_made_secret_is_alone_on_standard_output_and_signs_what_arrives(
    barograph: Command,
) -> None:
    receiver = Receiver()
    with serving(receiver.app()) as port:
        secret = barograph("add", f"http://127.0.0.1:{port}/hook").stdout.strip()

        fired = barograph("test", barograph.identity())

    (seen,) = receiver.seen
    at = int(seen.headers["webhook-timestamp"])
    assert (fired.exit_code, fired.stdout.splitlines()[-1]) == (0, "delivered")
    assert signature.check(seen.headers, seen.body, [secret], at) is None


def test_a_secret_is_in_no_list_and_in_no_file_in_clear(barograph: Command, tmp_path: Path) -> None:
    added = barograph("add", "https://hr.example/secret-path", "--secret", SECRET)
    listed = barograph("list")

    assert SECRET not in added.output + listed.output
    assert "secret-path" not in listed.output
    assert "unverified  en  thin  hr.example" in listed.output
    needle = SECRET.encode()
    assert all(needle not in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_a_receiver_of_our_own_network_is_told_everything_and_others_ids_alone(
    barograph: Command,
) -> None:
    for url in ("http://127.0.0.1:9/", "http://localhost:9/", "https://hr.example/"):
        barograph("add", url, "--locale", "nl", "--secret", SECRET)

    assert [line.split()[2:4] for line in barograph("list").stdout.splitlines()] == [
        ["nl", "full"],
        ["nl", "full"],
        ["nl", "thin"],
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "ftp://hr.example/"), "not an endpoint: scheme"),
        (("add", "https://u:p@hr.example/"), "not an endpoint: userinfo"),
        (("add", "https://hr.example/", "--secret", "whsec_short"), "not a secret"),
        (("test", "unknown"), "there is no such endpoint"),
        (("remove", "unknown"), "there is no such endpoint"),
        (("enable", "unknown"), "there is no such endpoint"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_one(
    barograph: Command, arguments: tuple[str, ...], said: str
) -> None:
    found = barograph(*arguments)

    assert found.exit_code == 1
    assert said in found.stderr
    assert "short" not in found.stderr


def test_a_failed_test_says_so_in_its_status(barograph: Command) -> None:
    barograph("add", f"http://127.0.0.1:{free_port()}/")

    fired = barograph("test", barograph.identity())

    assert (fired.exit_code, fired.stdout.splitlines()[-1]) == (1, "temporary")


def test_a_private_address_needs_the_operators_word(barograph: Command) -> None:
    receiver = Receiver([Say()])
    with serving(receiver.app()) as port:
        barograph("add", f"http://127.0.0.1:{port}/")

        fired = barograph("--own-networks", "10.0.0.0/8", "test", barograph.identity())

    assert fired.exit_code == 1
    assert receiver.seen == []


def test_a_removed_endpoint_is_gone(barograph: Command) -> None:
    barograph("add", "https://hr.example/")

    assert barograph("remove", barograph.identity()).exit_code == 0
    assert barograph("list").stdout == ""


def test_the_demonstration_can_start_twice_on_one_folder(barograph: Command) -> None:
    url = "http://127.0.0.1:8450/"
    first = add_endpoint(barograph.database, barograph.key, url=url, secret=SECRET, now=NOW)
    second = add_endpoint(barograph.database, barograph.key, url=url, secret=OTHER, now=NOW)

    engine = database.open_engine(barograph.database)
    with engine.begin() as connection:
        secrets = registry.secrets_of(connection, first.id, Vault.open(barograph.key), NOW)
    engine.dispose()
    assert (second.id, secrets) == (first.id, [OTHER])


@pytest.mark.parametrize("name", ["add", "list", "test", "enable", "remove"])
def test_every_command_explains_itself(name: str) -> None:
    assert CliRunner().invoke(endpoints, [name, "--help"]).exit_code == 0
