"""The page's words, numbers and dates in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from models.climate.catalogue import BY_ID, Family, Measure
from models.language.labels import Language

FOLDER = Path(__file__).with_name("words")


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that depends on the reader's language.

    Attributes:
        language: The language.
        words: Sentences by key, with named places to fill in.
    """

    language: Language
    words: Mapping[str, Any]

    def say(self, key: str, **filled: object) -> str:
        """Return the sentence *key*, its places filled in.

        Raises:
            KeyError: the catalogue has no such sentence.
        """
        return str(self.words[key]).format(**filled)

    def indicator(self, name: str) -> str:
        """What the pages call an indicator of the catalogue.

        Raises:
            KeyError: there is no such indicator, or no name for it.
        """
        family = BY_ID[name].family
        if family is Family.SIGNAL:
            return str(self.words["signals"][name])
        if family is Family.DRIVER:
            return str(self.words["drivers"][name.removeprefix("driver_")])
        return str(self.words["indicators"][name])

    def meaning(self, name: str) -> str:
        """What an indicator of the catalogue measures, in one sentence.

        Raises:
            KeyError: there is no such indicator, or no sentence for it.
        """
        family = BY_ID[name].family
        shared = family.value if family in {Family.SIGNAL, Family.DRIVER} else name
        return str(self.words["meanings"][shared]).format(name=self.indicator(name))

    def day(self, day: date) -> str:
        """Return a date in full."""
        return format_date(day, "long", locale=self.language.value)

    def short_day(self, day: date) -> str:
        """Return a date for the head of a column."""
        return format_date(day, "d MMM", locale=self.language.value)

    def hour(self, at: datetime) -> str:
        """Return the day and time of UTC at which an hour begins."""
        return format_datetime(at, "d MMM HH:mm", tzinfo=UTC, locale=self.language.value)

    def score(self, value: float) -> str:
        """Return a valence with two decimals and its sign; zero has none."""
        pattern = "+0.00;-0.00" if round(value, 2) else "0.00"
        return format_decimal(
            abs(value) if pattern == "0.00" else value, pattern, locale=self.language.value
        )

    def number(self, value: float) -> str:
        """Return a number of any scale, with at most three decimals."""
        return format_decimal(value, locale=self.language.value)

    def figure(self, name: str, value: float) -> str:
        """Return a value of an indicator of the catalogue in its unit of measure."""
        measure = BY_ID[name].measure
        if measure is Measure.SCORE:
            return self.score(value)
        return self.percent(value) if measure is Measure.RATIO else self.number(value)

    def noisy(self, value: float, margin: float | None) -> str:
        """Return a valence with what the noise in it keeps within, where there is any."""
        if margin is None:
            return self.score(value)
        size = format_decimal(margin, "0.00", locale=self.language.value)
        return f"{self.score(value)} ±{size}"

    def percent(self, value: float) -> str:
        """Return a share as a whole percentage."""
        return format_percent(value, "0 %", locale=self.language.value)


@cache
def wording(language: Language) -> Wording:
    """Return the catalogue of *language*."""
    text = (FOLDER / f"{language.value}.toml").read_text(encoding="utf-8")
    return Wording(language, tomllib.loads(text))


def preferred(asked: str | None, accepted: str | None) -> Language:
    """Choose the language: the reader's choice, else the browser's, else English.

    Args:
        asked: Value of the query ``lang``.
        accepted: Header ``Accept-Language``.
    """
    if asked in list(Language):
        return Language(asked)
    wishes = []
    for place, part in enumerate((accepted or "")[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if (short := tag[:2].lower()) in list(Language):
            wishes.append((-weight, place, Language(short)))
    return min(wishes)[2] if wishes else Language.EN
