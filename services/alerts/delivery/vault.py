"""Secrets of endpoints, encrypted with a key that lies in a file beside the database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultInvalid(ValueError):
    """The key file holds no usable key, or not the one that sealed this; never says more."""


class Vault:
    """Seals with the first key of a file and opens with any of them, so a key can be replaced."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except (ValueError, TypeError):
            raise VaultInvalid("no_key") from None

    @classmethod
    def open(cls, path: Path) -> Self:
        """The vault of the keys in *path*, one a line; a missing file is made, for its owner only.

        Raises:
            VaultInvalid: the file holds no usable key.
        """
        if not path.exists():
            _make(path)
        return cls(path.read_text("ascii").split())

    def seal(self, secret: str) -> bytes:
        """Encrypt *secret*."""
        return self._fernet.encrypt(secret.encode())

    def unseal(self, sealed: bytes) -> str:
        """What was sealed.

        Raises:
            VaultInvalid: none of the keys sealed it, or it was changed.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise VaultInvalid("wrong_key") from None


def _make(path: Path) -> None:
    """Put a new key at *path*, whole or not at all, unless another process was faster."""
    handle, ours = mkstemp(prefix=f"{path.name}.", dir=path.parent)  # readable by its owner alone
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(ours, path)
    Path(ours).unlink()
