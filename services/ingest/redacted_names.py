"""Finds the names of a directory in a text, without taking a word for a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import ahocorasick  # type: ignore[import-not-found]  # a C extension without types

from services.ingest.name_words import NAME_WORDS

SHORTEST: Final = 2
SHORT: Final = 3
"""A name of fewer letters is taken for a word: too many words look like it."""
_ANY_CASE, _TITLE, _TITLE_INSIDE = 0, 1, 2
_ENDINGS: Final = ".!?:;\n\r\u2026"
_BETWEEN: Final = " \t\"'([{*_~>-\u2013\u2014\u2022\u00ab\u00bb\u201c\u201d\u2018\u2019"


class NameFinder:
    """All names of a directory in one automaton: one pass over a text, however many people.

    A full name is found in any case; a given name too, unless it is a word (Will, Rose, Bos): then
    only capitalised inside a sentence.  A surname is found where it is capitalised.
    """

    def __init__(self, names: Iterable[str]) -> None:
        rules: dict[str, int] = {}
        for name in names:
            for spelling, rule in _spellings(name):
                rules[spelling] = min(rule, rules.get(spelling, rule))
        self._automaton = ahocorasick.Automaton()
        for spelling, rule in rules.items():
            self._automaton.add_word(spelling, (len(spelling), rule))
        self._any = bool(rules)
        if rules:
            self._automaton.make_automaton()

    def replace(self, text: str, placeholder: str) -> str:
        """*text* with *placeholder* for each name."""
        found = self._found(text) if self._any else []
        if not found:
            return text
        parts: list[str] = []
        done = 0
        for start, end in found:
            parts += text[done:start], placeholder
            done = end
        return "".join([*parts, text[done:]])

    def _found(self, text: str) -> list[tuple[int, int]]:
        """Spans that do not overlap; of two that begin together the longer one."""
        lower = text.lower()
        if len(lower) != len(text):  # a few capitals have a longer small letter
            lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        length = len(text)
        spans: list[tuple[int, int]] = []
        for last, (size, rule) in self._automaton.iter(lower):
            start, end = last + 1 - size, last + 1
            if (end < length and lower[end].isalnum()) or (start and lower[start - 1].isalnum()):
                continue
            if rule == _ANY_CASE or (
                _titled(text[start:end]) and (rule == _TITLE or not _opens(text, start))
            ):
                spans.append((start, end))
        spans.sort(key=lambda span: (span[0], -span[1]))
        kept: list[tuple[int, int]] = []
        for span in spans:
            if not kept or span[0] >= kept[-1][1]:
                kept.append(span)
        return kept


def _spellings(name: str) -> Iterator[tuple[str, int]]:
    """What *name* may look like, in small letters, and where it then counts as a name."""
    written = unicodedata.normalize("NFC", " ".join(name.split())).lower()
    words = written.split(" ")
    if "," in words[0]:  # ``Vries, Anna de``
        yield written, _ANY_CASE
        before, _, after = " ".join(words).partition(",")
        words = [*after.split(), *before.split()]
    first, rest = words[0], " ".join(words[1:])
    whole = [(" ".join(words), _ANY_CASE), (f"{rest}, {first}", _ANY_CASE)] if rest else []
    surname = [(rest, _TITLE_INSIDE if rest in NAME_WORDS else _TITLE)] if rest else []
    given = _ANY_CASE if len(first) >= SHORT and first not in NAME_WORDS else _TITLE_INSIDE
    for spelling, rule in [*whole, (first, given), *surname]:
        if len(spelling) >= SHORTEST and spelling[-1].isalnum():
            yield spelling, rule
            bare = _without_accents(spelling)
            if bare != spelling:
                yield bare, max(rule, _TITLE_INSIDE if bare in NAME_WORDS else rule)


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _titled(found: str) -> bool:
    """Whether a word of *found* has its first letter large and its second small.

    ``de Vries`` does, ``WILL`` in a text in capitals does not.
    """
    return any(word[:1].isupper() and not word[1:].isupper() for word in found.split())


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins at *start*, so that any word would be capitalised there."""
    before = text[:start].rstrip(_BETWEEN)
    return not before or before[-1] in _ENDINGS
