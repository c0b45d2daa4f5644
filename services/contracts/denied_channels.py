"""Channels that no policy can admit: talk that an employer must never read.

Direct messages, trade unions, works councils, health, and whistle-blowing or confidential
counselling, in English, Dutch and French.  The list errs on the side of refusing: a channel
that is refused by accident can be renamed, one that was read cannot be unread.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Denied(StrEnum):
    """Why a channel is closed to everyone."""

    DIRECT = "direct_messages"
    UNION = "trade_union"
    WORKS_COUNCIL = "works_council"
    MEDICAL = "medical"
    WHISTLE_BLOWING = "whistle_blowing"


# Matched against lower-case words without accents, separated by single spaces.  A stem that is
# distinctive matches inside a word (Dutch compounds: ``vakbondsoverleg``); a short one only alone.
_STEMS: Final = {
    Denied.DIRECT: (
        r"direct ?messag", r"private ?messag", r"messages? ?prive", r"prive ?bericht",
        r"\bdms?\b", r"\bmpdm", r"\bmpim",
    ),
    Denied.UNION: (
        r"trade ?union", r"labou?r ?union", r"\bunions?\b", r"shop ?steward",
        r"vakbond", r"vakbeweging", r"vakvereniging", r"kaderled",
        r"syndica", r"\bsyndiqu", r"delegue ?syndic",
        r"\bfnv\b", r"\bcnv\b", r"\bvcp\b", r"\bacv\b", r"\babvv\b", r"\baclvb\b",
        r"\bfgtb\b", r"\bcgslb\b", r"\bcgt\b", r"\bcfdt\b", r"\bcftc\b", r"\bcfe ?cgc\b",
        r"\bunsa\b",
    ),
    Denied.WORKS_COUNCIL: (
        r"works? ?council", r"employee ?representati", r"staff ?council", r"\bewc\b",
        r"ondernemingsraad", r"personeelsvertegenwoordig", r"medezeggenschap",
        r"\bor\b ?(?:leden|overleg|vergadering)",
        r"^or$", r"\bcor\b", r"\bgor\b", r"\bcppt\b", r"\bcpbw\b", r"\bcssct\b", r"\bcse\b",
        r"\bchsct\b",
        r"comite ?social", r"comite ?d ?entreprise", r"conseil ?d ?entreprise",
        r"representants? ?du ?personnel", r"delegues? ?du ?personnel",
    ),
    Denied.MEDICAL: (
        r"medical", r"medisch", r"medica(?:l|ux|ment)", r"medecin", r"occupational ?health",
        r"company ?doctor",
        r"bedrijfsarts", r"arbodienst", r"arbeidsgeneesheer", r"bedrijfsgezondheid",
        r"sick ?leave", r"ziekte", r"ziekmelding", r"verzuim",
        r"arrets? ?(?:de ?)?(?:travail|maladie)",
        r"sante ?(?:au|du) ?travail", r"psycholog", r"psychother", r"therap", r"mental ?health",
        r"employee ?assistance", r"reintegratie", r"re ?integration ?(?:medic|trajec)",
    ),
    Denied.WHISTLE_BLOWING: (
        r"whistle ?blow", r"speak ?up", r"ethics ?(?:line|hotline|report)",
        r"integrity ?(?:line|report)",
        r"klokkenluid", r"vertrouwenspers", r"meldpunt", r"integriteitsmeld",
        r"lanceur[a-z]* ?d ?alerte", r"alerte ?(?:professionnelle|ethique)",
        r"personne ?de ?confiance",
        r"harassment", r"harcelement", r"ongewenst ?gedrag",
    ),
}  # fmt: skip

_PATTERNS: Final = {
    denied: re.compile("|".join(f"(?:{stem})" for stem in stems))
    for denied, stems in _STEMS.items()
}

_DIRECT_IDS: Final = re.compile(r"^slack:[^/]*/D[A-Z0-9]*$|^teams:.*@unq\.gbl\.spaces$")
"""Ids that a platform gives to a conversation of two: no name is needed to know them."""


def denied(channel: str) -> Denied | None:
    """Why *channel* (an id, a name or a label) is closed; None where it is not.

    >>> denied("feed:Vakbondsoverleg-2026")
    <Denied.UNION: 'trade_union'>
    >>> denied("feed:general") is None
    True
    """
    if _DIRECT_IDS.match(channel):
        return Denied.DIRECT
    words = _words(channel)
    parts = (words, words.partition(" ")[2])  # with and without the name of the source
    for reason, pattern in _PATTERNS.items():
        if any(pattern.search(part) for part in parts):
            return reason
    return None


def _words(channel: str) -> str:
    # The seam of camelCase is a word's end too: ``teamWorksCouncil``.
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", channel)
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", apart)
        if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))
