"""A sealed text is nobody's without the key of its hour."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.failures import Malformed
from services.contracts.sealing import hour_of, seal, unseal

KEY = os.urandom(32)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(TEXTS, st.integers(0, 2**32 - 1))
def test_what_was_sealed_comes_back(text: str, hour: int) -> None:
    sealed = seal(text, KEY, hour)

    assert (unseal(sealed, KEY), hour_of(sealed)) == (text, hour)


def test_the_same_text_is_never_sealed_twice_alike() -> None:
    assert seal("good morning", KEY, 1) != seal("good morning", KEY, 1)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Malformed, match="not_authentic"):
        unseal(seal("pelargonium", KEY, 1), os.urandom(32))


@given(st.integers(0, 200), st.integers(1, 255))
def test_no_byte_can_be_changed_the_hour_included(place: int, mask: int) -> None:
    sealed = bytearray(seal("pelargonium", KEY, 1))
    sealed[place % len(sealed)] ^= mask

    with pytest.raises(Malformed):
        unseal(bytes(sealed), KEY)


@pytest.mark.parametrize("length", [0, 1, 31])
def test_what_is_too_short_is_malformed(length: int) -> None:
    with pytest.raises(Malformed, match="too_short"):
        hour_of(bytes(length))


def test_a_failure_does_not_quote() -> None:
    with pytest.raises(Malformed) as caught:
        unseal(b"pelargonium" * 4, KEY)

    assert "pelargonium" not in repr(caught.value)
    assert caught.value.__context__ is None
