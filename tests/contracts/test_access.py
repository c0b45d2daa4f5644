"""A key opens what it was made for, while it was made for it, and cannot be had back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.access import Scope, generate, key_id_of, verify

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TOKEN, KEY = generate([Scope.EVENTS_WRITE], NOW + timedelta(days=1))


def test_the_token_of_a_key_is_verified_until_it_expires() -> None:
    assert verify(TOKEN, KEY, NOW)
    assert not verify(TOKEN, KEY, NOW + timedelta(days=1))


def test_a_revoked_key_opens_nothing() -> None:
    assert not verify(TOKEN, KEY.model_copy(update={"revoked": True}), NOW)


def test_another_keys_token_opens_nothing() -> None:
    other, _ = generate([Scope.EVENTS_WRITE], NOW + timedelta(days=1))

    assert not verify(other, KEY, NOW)
    assert not verify(f"bgk_{KEY.id}_{other[-43:]}", KEY, NOW)


@pytest.mark.parametrize("token", ["", "bgk_", TOKEN[:-1], TOKEN + "x", f" {TOKEN}", f"{TOKEN}\n"])
def test_what_is_no_token_names_no_key(token: str) -> None:
    assert key_id_of(token) is None
    assert not verify(token, KEY, NOW)


def test_the_record_holds_no_secret() -> None:
    secret = TOKEN[-43:]

    assert key_id_of(TOKEN) == KEY.id
    assert secret not in KEY.model_dump_json()
    assert KEY.sha256 not in repr(KEY)
