"""Secrets are readable with the key file alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from services.alerts.delivery.vault import Vault, VaultInvalid

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105  a published vector


def test_what_is_sealed_can_be_opened_after_a_restart(tmp_path: Path) -> None:
    sealed = Vault.open(tmp_path / "key").seal(SECRET)

    assert SECRET.encode() not in sealed
    assert Vault.open(tmp_path / "key").unseal(sealed) == SECRET


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    Vault.open(tmp_path / "key")

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_new_first_key_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "key"
    sealed = Vault.open(path).seal(SECRET)
    path.write_bytes(Fernet.generate_key() + b"\n" + path.read_bytes())

    assert Vault.open(path).unseal(sealed) == SECRET


def test_another_key_opens_nothing_and_says_nothing(tmp_path: Path) -> None:
    sealed = Vault.open(tmp_path / "one").seal(SECRET)

    with pytest.raises(VaultInvalid, match="wrong_key"):
        Vault.open(tmp_path / "other").unseal(sealed)


@pytest.mark.parametrize("content", ["", "not a key", "AAAA\n"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)

    with pytest.raises(VaultInvalid, match="no_key"):
        Vault.open(tmp_path / "key")


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: Vault.open(tmp_path / "key"), range(8)))

    assert {vault.unseal(vaults[0].seal(SECRET)) for vault in vaults} == {SECRET}
