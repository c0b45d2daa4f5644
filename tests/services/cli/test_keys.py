"""``barograph keys`` shows a token once and keeps only its hash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli.keys import keys
from services.contracts.access import Scope
from services.ingest.api_keys import ApiKeys
from services.ingest.gateway_database import open_gateway_database


def run(database: Path, *arguments: str) -> Result:
    environment = {"BAROGRAPH_INGEST_DATABASE": str(database)}
    return CliRunner().invoke(keys, list(arguments), env=environment)


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Path:
    return tmp_path / "var" / "gateway.db"


def test_a_new_key_opens_what_it_was_made_for(database: Path) -> None:
    made = run(database, "create", "--scope", "events:write", "--expires-in", "12h")

    stored = ApiKeys(open_gateway_database(database))
    token, now = made.stdout.strip(), datetime.now(UTC)
    key = stored.authenticate(token, now)
    assert made.exit_code == 0
    assert key is not None
    assert key.scopes == {Scope.EVENTS_WRITE}
    assert stored.authenticate(token, now + timedelta(hours=12, minutes=1)) is None


def test_standard_output_holds_the_token_alone(database: Path) -> None:
    made = run(database, "create", "--scope", "events:write", "--scope", "clock:write")

    assert made.stdout.startswith("bgk_")
    assert len(made.stdout.split()) == 1
    assert "cannot be shown again" in made.stderr


def test_the_list_shows_what_a_key_may_do_and_never_a_token(database: Path) -> None:
    token = run(database, "create", "--scope", "events:write", "--name", "slack").stdout.strip()

    listed = run(database, "list").stdout

    assert "events:write" in listed
    assert "slack" in listed
    assert "active" in listed
    assert token[-43:] not in listed


def test_a_revoked_key_is_listed_as_such(database: Path) -> None:
    token = run(database, "create", "--scope", "events:write").stdout.strip()
    key_id = token.split("_")[1]

    revoked = run(database, "revoke", key_id)

    assert revoked.exit_code == 0
    assert "revoked" in run(database, "list").stdout
    assert run(database, "revoke", "000000000000").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["create"],
        ["create", "--scope", "everything"],
        ["create", "--scope", "events:write", "--expires-in", "for ever"],
        ["create", "--scope", "events:write", "--expires-in", "731d"],
        ["create", "--scope", "events:write", "--name", "x" * 81],
        ["revoke"],
        ["list", "--database", "/proc/none/gateway.db"],
    ],
)
def test_a_wrong_call_is_2(database: Path, arguments: list[str]) -> None:
    assert run(database, *arguments).exit_code == 2


@pytest.mark.parametrize("command", [[], ["create"], ["list"], ["revoke"]])
def test_help_explains(database: Path, command: list[str]) -> None:
    assert "Usage" in run(database, *command, "--help").stdout
