"""Finds account, national and telephone numbers: by their shape, then by their check digits."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from stdnum import iban, luhn
from stdnum.be import nn
from stdnum.fr import nir
from stdnum.nl import bsn

NUMBER: Final = "[number]"
PHONE: Final = "[phone]"

REGIONS: Final = ("NL", "BE", "FR", "GB")
"""Where a number that begins with a nought is looked for."""
_DIGITS_ENOUGH: Final = re.compile(r"\d(?:\D{0,5}\d){7}")
"""A text without this holds none of these numbers; most texts end here."""


ACCOUNT_LENGTHS: Final = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MA": 28, "MC": 27,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "TN": 24, "TR": 26, "VA": 22,
}  # fmt: skip
"""Characters of an IBAN by country; a text does not say where one ends and the next word begins."""

_ACCOUNT: Final = re.compile(r"(?<![^\W_])([A-Za-z]{2})\d{2}(?:[ .-]?[A-Za-z0-9]){11,30}")
_NATIONAL: Final = re.compile(
    r"(?<![\w+])(?<!\d[.,-])(?:"
    r"(?P<nir>[1278][ .]?\d\d[ .]?\d\d[ .]?(?:\d\d|2[ABab])[ .]?\d{3}[ .]?\d{3}[ .-]?\d\d)"
    r"|(?P<nn>\d\d[ .]?\d\d[ .]?\d\d[ .-]?\d{3}[ .-]?\d\d)"
    r"|(?P<bsn>\d{3}[ .]?\d{3}[ .]?\d{3}|\d{4}[ .]\d\d[ .]\d{3})"
    r"|(?P<card>\d{4}(?:[ -]?\d{4}){3})"
    r")(?!\w)(?![.,-]\d)"
)
_CHECKS: Final = {
    "nir": nir.is_valid, "nn": nn.is_valid, "bsn": bsn.is_valid, "card": luhn.is_valid
}  # fmt: skip
_TELEPHONE: Final = re.compile(
    r"(?<![\w.,+/=:#-])(?:\+|\(\+|\(?\d)[\d ()./\u00a0\u2011-]{6,24}\d(?![\w])"
)
_SEVERAL: Final = re.compile(r"( / | - |  +)")
_DATE: Final = re.compile(
    r"\d{1,2}([-/. ])\d{1,2}\1(?:(?:19|20)\d\d(?!\d)|\d\d (?:[01]?\d|2[0-3])\.[0-5]\d(?!\d))"
)
_CLOCK: Final = re.compile(r"\d{1,2}\.\d\d ?-")
_NORTH_AMERICAN: Final = re.compile(r"(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{1,2}\d{3}[ .-]\d{4}")
_DECIMAL: Final = re.compile(r"\d+[.,]\d+")
_MOST_DIGITS: Final = 15
_LEAST_DIGITS: Final = 8


def without_accounts(text: str) -> str:
    """*text* without IBANs.

    >>> without_accounts("naar NL91 ABNA 0417 1643 00 graag")
    'naar [number] graag'
    """
    return _ACCOUNT.sub(_account, text) if _DIGITS_ENOUGH.search(text) else text


def without_numbers(text: str) -> str:
    """*text* without national, card and telephone numbers.

    >>> without_numbers("BSN 123456782, bel 020-6241111 voor 25-11-2026 12.30-13.30")
    'BSN [number], bel [phone] voor 25-11-2026 12.30-13.30'
    """
    if not _DIGITS_ENOUGH.search(text):
        return text
    return _TELEPHONE.sub(_telephones, _NATIONAL.sub(_national, text))


def _account(match: re.Match[str]) -> str:
    text, left = match[0], ACCOUNT_LENGTHS.get(match[1].upper(), 0)
    for end, letter in enumerate(text, 1):
        left -= letter.isalnum()
        if not left:
            return NUMBER + text[end:] if iban.is_valid(text[:end], check_country=False) else text
    return text


def _national(match: re.Match[str]) -> str:
    check = _CHECKS[match.lastgroup or ""]
    return NUMBER if check(re.sub(r"[ .-]", "", match[0])) else match[0]


def _telephones(match: re.Match[str]) -> str:
    if _is_telephone(match[0]):
        return PHONE
    parts = _SEVERAL.split(match[0])
    return "".join(PHONE if _is_telephone(part) else part for part in parts)


def _is_telephone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return False
    if text.lstrip("(").startswith("+"):
        return _possible(text.replace("(0)", ""), None)
    if _DECIMAL.fullmatch(text) or _DATE.match(text) or _CLOCK.match(text):
        return False
    if digits.startswith("00"):
        return _possible(f"+{digits[2:]}", None)
    if digits.startswith("0"):
        return any(_possible(digits, region) for region in REGIONS)
    return _NORTH_AMERICAN.fullmatch(text) is not None


def _possible(text: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
