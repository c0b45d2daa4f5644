"""Takes names, addresses and numbers out of a text, as far as rules and the directory go.

It protects the scorer's memory; the real protection is that text is not kept.  Names of people
outside the directory stay: finding them takes a model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from services.ingest.redacted_names import NameFinder
from services.ingest.redacted_numbers import without_accounts, without_numbers

MAIL: Final = "[mail]"
NAME: Final = "[name]"
SECRET: Final = "[secret]"  # noqa: S105 - what stands in the place of one

_CREDENTIALS: Final = re.compile(r"(?<=://)[^\s/@:]{1,128}:[^\s/@]{1,128}(?=@)")
_TOKENS: Final = re.compile(
    r"(?<=[?&;#])((?:access_?|auth_?|api_?|client_?)?(?:token|key|secret|sig|signature|password"
    r"|passwd|pwd|code))=[^\s&#>|]+",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(
    r"(?:mailto:)?@?[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}", re.UNICODE
)
_MENTION: Final = re.compile(
    r"<@[\w.|\s-]{1,120}>|(?<![\w@/.\]])@(?!(?:here|channel|everyone|all|team|group)\b)\w[\w.-]{0,63}\w?"
)


class Redactor:
    """Redacts with the names of one directory.

    >>> anna = Redactor(["Anna de Vries", "Will Bos"])
    >>> anna.redact("Will you ask Will or anna? Mail a.devries@example.org or 06 12345678.")
    'Will you ask [name] or [name]? Mail [mail] or [phone].'
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = NameFinder(names)

    def redact(self, text: str) -> str:
        """*text* with a placeholder where something personal stood."""
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        # A look at one character tells for most texts that a costlier search can find nothing.
        if "://" in text:
            text = _TOKENS.sub(rf"\1={SECRET}", _CREDENTIALS.sub(SECRET, text))
        if "@" in text:
            text = _MENTION.sub(NAME, _MAIL.sub(MAIL, text))
        text = without_numbers(without_accounts(text))
        return self._names.replace(text, NAME)
