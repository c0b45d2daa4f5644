"""What a sentence about an association may not say: that it is a cause, a forecast or money."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.language.labels import Language


class Claim(StrEnum):
    """What is read into an association that is not in it."""

    CAUSE = "cause"
    FORECAST = "forecast"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Fault:
    """Some words of a sentence, and what they claim.

    Attributes:
        claim: The kind.
        words: The words, lower case, with plain spaces and apostrophes.
    """

    claim: Claim
    words: str


FORBIDDEN: Final[Mapping[Language, Mapping[Claim, tuple[str, ...]]]] = {
    Language.EN: {
        Claim.CAUSE: (
            "cause", "causes", "caused", "causing", "causal*", "leads to", "lead to", "led to",
            "leading to", "results in", "result in", "resulted in", "due to", "because",
            "thanks to", "owing to", "as a result", "as a consequence", "consequently", "therefore",
            "hence", "thereby", "so that", "drive", "drives", "drove", "driven by", "driver of",
            "affect*", "influenc*", "impact*", "trigger*", "boost*", "reduces", "brings about",
            "brought about", "contributes to", "contributed to", "makes", "made", "explains",
            "explained by", "determin*", "effect on", "effect of", "effects of", "effects on",
            "responsible for",
        ),
        Claim.FORECAST: (
            "will", "won't", "shall", "going to", "would", "forecast*", "predict*", "projection*",
            "expect*", "anticipat*", "foresee*", "likely", "soon", "in future", "in the future",
            "next week", "next month", "next months", "next quarter", "next year", "coming month*",
            "coming year*", "early warning",
        ),
        Claim.MONEY: (
            "€", "$", "£", "eur", "usd", "gbp", "euro", "euros", "dollar*", "pound", "pounds",
            "cost", "costs", "costing", "costly", "saving", "savings", "saves", "saved", "revenue*",
            "profit*", "budget*", "million*", "roi", "return on investment",
        ),
    },
    Language.NL: {
        Claim.CAUSE: (
            "veroorza*", "oorzaak", "oorzaken", "oorzakelijk*", "leidt … tot", "leiden … tot",
            "leidde … tot", "leidden … tot", "geleid … tot", "zorgt … voor", "zorgen … voor",
            "zorgde … voor", "zorgden … voor", "gezorgd … voor", "dankzij", "vanwege", "wegens",
            "omdat", "doordat", "waardoor", "hierdoor", "daardoor", "daarom", "zodat", "dus",
            "als gevolg van", "ten gevolge van", "gevolg van", "komt door", "kwam door",
            "door toedoen", "beïnvloed*", "beinvloed*", "invloed op", "effect op", "effect van",
            "effecten op", "effecten van", "drijft", "dreef", "drijven", "bepaalt", "bepalen",
            "verklaart", "verklaren", "verklaard", "vermindert", "verhoogt", "verlaagt",
            "verbetert", "draagt … bij aan", "droeg … bij aan", "bewerkstellig*", "bracht … teweeg",
            "brengt … teweeg", "maakt dat", "verantwoordelijk voor", "te danken aan",
            "te wijten aan",
        ),
        Claim.FORECAST: (
            "zal", "zult", "zullen", "zou", "zouden", "gaat … dalen", "gaat … stijgen",
            "gaan … dalen", "gaan … stijgen", "voorspel*", "voorzie*", "verwacht*", "prognose*",
            "waarschijnlijk", "binnenkort", "toekomst*", "volgende week", "volgende maand*",
            "volgend kwartaal", "volgend jaar", "komende", "weldra", "vroege waarschuwing",
        ),
        Claim.MONEY: (
            "€", "$", "£", "eur", "usd", "gbp", "euro", "euro's", "dollar*", "pond", "kost",
            "kosten", "kostte", "kostten", "kostprijs", "bespar*", "bespaar*", "omzet*", "winst*",
            "budget*", "miljoen*", "rendement*", "roi", "opbrengst*",
        ),
    },
    Language.FR: {
        Claim.CAUSE: (
            "cause", "causes", "causé*", "causent", "causer", "causant", "causal*", "provoqu*",
            "entraîn*", "mène à", "mènent à", "mené à", "conduit à", "conduisent à", "engendr*",
            "influe", "influent", "influenc*", "affect*", "impact*", "en raison d*", "à cause d*",
            "grâce à", "grâce au", "grâce aux", "parce qu*", "car", "puisqu*", "donc", "ainsi",
            "par conséquent", "en conséquence", "de sorte qu*", "du fait d*", "dû à", "dû au",
            "due à", "due au", "dus à", "dues à", "résulte d*", "résultent d*", "explique",
            "expliquent", "expliqué*", "détermin*", "réduit", "réduisent", "améliore", "améliorent",
            "contribu*", "favoris*", "suscit*", "effet sur", "effet d*", "effets sur", "effets d*",
            "responsable d*", "fait baisser", "fait monter", "font baisser", "font monter",
        ),
        Claim.FORECAST: (
            "va", "vont", "*era", "*eront", "*ira", "*iront", "aura", "auront", "pourra",
            "pourront", "devra", "devront", "*erait", "*eraient", "prévoi*", "prévision*", "prévu*",
            "prédi*", "pronosti*", "s'attend*", "attendu*", "probable*", "bientôt", "à l'avenir",
            "futur*", "prochain*", "à venir", "alerte précoce",
        ),
        Claim.MONEY: (
            "€", "$", "£", "eur", "usd", "gbp", "euro", "euros", "dollar*", "coût*", "économi*",
            "chiffre d'affaires", "bénéfice*", "budget*", "million*", "rentab*", "roi",
            "retour sur investissement", "livre sterling",
        ),
    },
}  # fmt: skip
"""Words by language and claim.  ``*`` is any letters, ``…`` any words of the same sentence."""

ALLOWED: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.EN: (
        "third cause", "another cause", "not a cause", "no cause", "not a forecast", "no forecast",
    ),
    Language.NL: (
        "derde oorzaak", "andere oorzaak", "geen oorzaak", "geen oorzakelijk verband",
        "geen voorspelling",
    ),
    Language.FR: (
        "troisième cause", "autre cause", "pas une cause", "aucune cause", "pas une prévision",
        "aucune prévision",
    ),
}  # fmt: skip
"""Phrases that hold a forbidden word and say the opposite of what it claims."""

_LETTER: Final = r"[^\W\d_]"


def faults(sentence: str, language: Language) -> tuple[Fault, ...]:
    """What *sentence* claims beyond an association, in the order in which it says so.

    It reads words, not meaning: a sentence without a fault may still mislead.  Give it the
    sentence without the names of units and indicators, which may hold any word.

    Args:
        sentence: One or more sentences about a result, in any case and typography.
        language: Their language; words of the others are not looked for.
    """
    said = _ALLOWED[language].sub("|", plain(sentence))
    found = [
        (match.start(), Fault(claim, match.group()))
        for claim, pattern in _FORBIDDEN[language].items()
        for match in pattern.finditer(said)
    ]
    return tuple(fault for _, fault in sorted(found, key=lambda placed: placed[0]))


def plain(sentence: str) -> str:
    """*sentence* in lower case, with one kind of space and apostrophe, and nothing unseen."""
    composed = unicodedata.normalize("NFKC", sentence).lower().replace("\u2019", "'")
    seen = "".join(char for char in composed if unicodedata.category(char) != "Cf")
    return " ".join(seen.split())


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all *phrases*, longer ones first; ``*`` and ``…`` as in ``FORBIDDEN``."""
    return re.compile("|".join(map(_expression, sorted(phrases, key=len, reverse=True))))


def _expression(phrase: str) -> str:
    written = re.escape(phrase).replace(r"\*", f"{_LETTER}*").replace(r"\ …\ ", r"\b[^.!?;]*?\b")
    before = f"(?<!{_LETTER})" if phrase[0].isalpha() else ""
    after = f"(?!{_LETTER})" if phrase[-1].isalpha() else ""
    return before + written + after


_FORBIDDEN: Final = {
    language: {claim: pattern(phrases) for claim, phrases in claims.items()}
    for language, claims in FORBIDDEN.items()
}
_ALLOWED: Final = {language: pattern(phrases) for language, phrases in ALLOWED.items()}
