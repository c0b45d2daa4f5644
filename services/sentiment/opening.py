"""Opens a sealed text, in memory and for as long as its scoring takes."""

from __future__ import annotations

from typing import Protocol

from services.contracts.messages import MessageV1
from services.contracts.sealing import hour_of, unseal


class Keys(Protocol):
    """Where the keys of texts are looked up."""

    def key(self, hour: int) -> bytes | None:
        """The key of *hour*; None when it is erased or was never made.

        Raises:
            Unavailable: the key store does not answer.
        """
        ...


class Opener:
    """Opens the texts of one batch; an hour's key is looked up once."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: dict[int, bytes | None] = {}

    def open(self, message: MessageV1) -> str | None:
        """The text of *message*; None when its key is erased, so that nobody can read it.

        Raises:
            Malformed: another key sealed it, or a byte was changed.
            Unavailable: the key store does not answer.
        """
        hour = hour_of(message.sealed)
        if hour not in self._known:
            self._known[hour] = self._keys.key(hour)
        key = self._known[hour]
        return None if key is None else unseal(message.sealed, key)
