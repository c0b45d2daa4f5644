"""Block keys die with their block, and API keys when they are told to."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from models.climate import windows
from services.contracts.access import Scope, generate
from services.ingest.api_keys import REMEMBERED_FOR, ApiKeys
from services.ingest.block_keys import BlockKeys
from services.ingest.gateway_database import open_gateway_database
from tests.fakes.admission import NOW

BLOCK = windows.block(NOW.date())
END = datetime.combine(windows.four_weeks_of(NOW.date()).end_exclusive, time(), UTC)
OVER = windows.four_weeks_of(NOW.date()).ends + timedelta(hours=48)


def keys(folder: Path) -> BlockKeys:
    return BlockKeys(open_gateway_database(folder / "gateway.db"))


def test_a_block_has_one_key_also_after_a_restart(tmp_path: Path) -> None:
    first = keys(tmp_path).key(BLOCK, NOW)

    assert first is not None
    assert len(first) == 32
    assert keys(tmp_path).key(BLOCK, NOW) == first


def test_every_block_has_a_key_of_its_own(tmp_path: Path) -> None:
    held = keys(tmp_path)

    made = {held.key(BLOCK + n, NOW) for n in range(5)}

    assert len(made) == 5


def test_a_block_is_open_until_48_hours_after_its_end_everywhere(tmp_path: Path) -> None:
    held = keys(tmp_path)
    key = held.key(BLOCK, NOW)

    assert held.key(BLOCK, OVER - timedelta(seconds=1)) == key
    assert held.live(OVER - timedelta(seconds=1)) == {BLOCK: key}
    assert held.key(BLOCK, OVER) is None
    assert held.live(OVER) == {}


def test_an_erased_key_is_in_none_of_the_files_and_never_comes_back(tmp_path: Path) -> None:
    held = keys(tmp_path)
    key = held.key(BLOCK, NOW)
    for later in range(1, 4):
        held.key(BLOCK + later, NOW)
    assert key is not None
    assert any(key in path.read_bytes() for path in tmp_path.iterdir())

    assert held.erase_closed(OVER - timedelta(seconds=1)) == 0
    assert held.erase_closed(OVER) == 1

    assert not any(key in path.read_bytes() for path in tmp_path.iterdir())
    assert held.key(BLOCK, NOW) is None, "also for a clock that went back"
    assert keys(tmp_path).key(BLOCK, NOW) is None
    assert held.erase_closed(OVER) == 0


def test_the_next_blocks_key_outlives_the_last_one(tmp_path: Path) -> None:
    held = keys(tmp_path)
    held.key(BLOCK, NOW)
    following = held.key(BLOCK + 1, END)

    held.erase_closed(OVER)

    assert held.live(OVER) == {BLOCK + 1: following}


def test_keys_are_not_printed(tmp_path: Path) -> None:
    held = keys(tmp_path)
    key = held.key(BLOCK, NOW)

    assert repr(key) not in f"{held!r}{held}"


def test_an_api_key_opens_until_it_is_revoked(tmp_path: Path) -> None:
    stored = ApiKeys(open_gateway_database(tmp_path / "gateway.db"))
    token, key = generate([Scope.EVENTS_WRITE, Scope.CLOCK_WRITE], NOW + timedelta(days=1))
    stored.add(key)

    assert stored.authenticate(token, NOW) == key
    assert stored.authenticate(token, NOW + timedelta(days=1)) is None
    assert stored.revoke(key.id)
    assert stored.authenticate(token, NOW) is None
    assert not stored.revoke("000000000000")


def test_what_another_process_revokes_closes_within_seconds(tmp_path: Path) -> None:
    engine = open_gateway_database(tmp_path / "gateway.db")
    gateway, command = ApiKeys(engine), ApiKeys(engine)
    token, key = generate([Scope.EVENTS_WRITE], NOW + timedelta(days=1))
    command.add(key)
    assert gateway.authenticate(token, NOW)

    command.revoke(key.id)

    assert gateway.authenticate(token, NOW + REMEMBERED_FOR) is None


def test_a_key_that_is_made_while_the_gateway_runs_opens_at_once(tmp_path: Path) -> None:
    stored = ApiKeys(open_gateway_database(tmp_path / "gateway.db"))
    token, key = generate([Scope.EVENTS_WRITE], NOW + timedelta(days=1))
    assert stored.authenticate(token, NOW) is None

    stored.add(key)

    assert stored.authenticate(token, NOW)


def test_the_file_is_its_owners_alone_and_holds_no_token(tmp_path: Path) -> None:
    stored = ApiKeys(open_gateway_database(tmp_path / "gateway.db"))
    token, key = generate([Scope.EVENTS_WRITE], NOW + timedelta(days=1))
    stored.add(key)

    assert (tmp_path / "gateway.db").stat().st_mode & 0o077 == 0
    assert not any(token[-43:].encode() in path.read_bytes() for path in tmp_path.iterdir())
