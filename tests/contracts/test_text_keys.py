"""Hourly keys are random, shared through a file, and gone when they are erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.contracts.failures import Malformed, Unavailable
from services.contracts.sealing import hour_of, seal, unseal
from services.contracts.text_keys import TextKeys, hour_at

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def test_an_hour_has_one_key_whoever_asks(tmp_path: Path) -> None:
    gateway, other = TextKeys(tmp_path / "keys.db"), TextKeys(tmp_path / "keys.db")
    scorer = TextKeys(tmp_path / "keys.db", writable=False)

    hour, key = gateway.current(NOW)

    assert (hour, key) == other.current(NOW + timedelta(minutes=29))
    assert (hour, scorer.key(hour)) == (hour_at(NOW), key)
    assert len(key) == 32


def test_every_hour_has_another_key(tmp_path: Path) -> None:
    keys = TextKeys(tmp_path / "keys.db")

    made = {keys.current(NOW + timedelta(hours=n))[1] for n in range(5)}

    assert len(made) == 5


def test_keys_outlive_the_process(tmp_path: Path) -> None:
    first = TextKeys(tmp_path / "keys.db")
    hour, key = first.current(NOW)
    first.close()

    assert TextKeys(tmp_path / "keys.db").key(hour) == key


def test_a_text_whose_key_is_erased_can_never_be_read(tmp_path: Path) -> None:
    keys = TextKeys(tmp_path / "keys.db")
    hour, key = keys.current(NOW)
    sealed = seal("pelargonium", key, hour)
    keys.current(NOW + timedelta(hours=1))

    erased = keys.erase_before(hour + 1)

    assert erased == 1
    assert keys.key(hour_of(sealed)) is None
    assert keys.key(hour + 1) is not None
    _, fresh = keys.current(NOW)
    with pytest.raises(Malformed):
        unseal(sealed, fresh)


def test_an_erased_key_is_in_none_of_the_files(tmp_path: Path) -> None:
    keys = TextKeys(tmp_path / "keys.db")
    hour, key = keys.current(NOW)
    assert any(key in path.read_bytes() for path in tmp_path.iterdir())

    keys.erase_before(hour + 1)

    assert not any(key in path.read_bytes() for path in tmp_path.iterdir())


def test_a_store_that_is_not_there_is_unavailable_until_it_is(tmp_path: Path) -> None:
    scorer = TextKeys(tmp_path / "keys.db", writable=False)
    with pytest.raises(Unavailable) as caught:
        scorer.key(1)

    hour, key = TextKeys(tmp_path / "keys.db").current(NOW)

    assert caught.value.dependency == "key_store"
    assert scorer.key(hour) == key


def test_a_damaged_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "keys.db").write_bytes(b"no database" * 100)

    with pytest.raises(Unavailable):
        TextKeys(tmp_path / "keys.db").key(1)


def test_who_may_only_read_cannot_make_a_key(tmp_path: Path) -> None:
    TextKeys(tmp_path / "keys.db").current(NOW)

    with pytest.raises(Unavailable):
        TextKeys(tmp_path / "keys.db", writable=False).current(NOW + timedelta(hours=1))


def test_the_file_is_its_owners_alone_and_nothing_prints_a_key(tmp_path: Path) -> None:
    keys = TextKeys(tmp_path / "keys.db")
    _, key = keys.current(NOW)

    assert (tmp_path / "keys.db").stat().st_mode & 0o077 == 0
    assert key.hex() not in repr(keys)
    assert repr(key) not in repr(keys)
