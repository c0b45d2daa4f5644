"""What a sentence about groups may not say: which is better, or anything of a person."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from models.climate.outcomes.wording import pattern, plain
from models.language.labels import Language


class GroupClaim(StrEnum):
    """What is read into a statement about a group that is not in it."""

    RANK = "rank"
    PERSON = "person"


FORBIDDEN: Final[Mapping[Language, Mapping[GroupClaim, tuple[str, ...]]]] = {
    Language.EN: {
        GroupClaim.RANK: (
            "rank*", "league*", "best", "worst", "top", "bottom", "lowest", "highest", "first",
            "last place", "leads", "leader", "leaders", "laggard*", "winner*", "loser*", "better",
            "worse", "outperform*", "underperform*", "runner-up", "score*", "grade*", "medal*",
        ),
        GroupClaim.PERSON: (
            "person*", "people", "individual*", "employee*", "colleague*", "worker*", "staff",
            "member*", "who", "whom", "whose", "someone", "somebody", "anyone", "anybody",
            "everyone", "everybody", "nobody", "man", "men", "woman", "women", "human*", "he",
            "she", "him", "his", "her", "hers", "they", "them", "their", "author*", "leaver*",
            "contributor*", "participant*", "headcount*", "you", "your",
        ),
    },
    Language.NL: {
        GroupClaim.RANK: (
            "rang*", "ranglijst*", "klassement*", "beste", "best", "slechtste", "slechtst", "top",
            "laagste", "laagst", "hoogste", "hoogst", "eerste", "laatste plaats", "koploper*",
            "hekkensluiter*", "winnaar*", "verliezer*", "beter", "betere", "slechter*", "rapport*",
        ),
        GroupClaim.PERSON: (
            "persoon*", "personen", "personeel*", "mens", "mensen", "iemand", "niemand",
            "iedereen", "ieder", "wie", "wiens", "werknemer*", "medewerker*", "collega*",
            "individu*", "lid", "leden", "vertrekker*", "hij", "hem", "zij", "hen", "hun", "man",
            "mannen", "vrouw*", "auteur*", "schrijver*", "deelnemer*", "bijdrager*", "je", "jij",
            "u", "uw", "jouw",
        ),
    },
    Language.FR: {
        GroupClaim.RANK: (
            "rang", "rangs", "classement*", "classé*", "palmarès", "meilleur*", "mieux", "pire*",
            "premier*", "première*", "dernière place", "au sommet", "en tête", "le plus bas",
            "la plus basse", "le plus haut", "la plus haute", "gagnant*", "perdant*", "note",
            "notes", "podium*",
        ),
        GroupClaim.PERSON: (
            "personne*", "personnel*", "gens", "individu*", "employé*", "salarié*", "collègue*",
            "collaborateur*", "collaboratrice*", "quelqu'un*", "chacun*", "membre*", "auteur*",
            "autrice*", "participant*", "travailleur*", "travailleuse*", "agent*", "homme*",
            "femme*", "humain*", "partant*", "il", "elle", "ils", "elles", "lui", "leur", "leurs",
            "vous", "votre", "vos",
        ),
    },
}  # fmt: skip
"""Words by language and claim, written as those of ``wording.FORBIDDEN``."""

ALLOWED: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.EN: ("no ranking",),
    Language.NL: ("geen rangschikking",),
    Language.FR: ("aucun classement",),
}
"""Phrases that hold a forbidden word and say the opposite of what it claims."""


def group_faults(sentence: str, language: Language, claim: GroupClaim) -> tuple[str, ...]:
    """Words of *sentence* that make *claim*, in their order.

    It reads words, not meaning.  Give it the sentence without the names of units, which may hold
    any word.

    Args:
        sentence: One or more sentences, in any case and typography.
        language: Their language; words of the others are not looked for.
        claim: What is looked for.
    """
    said = _ALLOWED[language].sub("|", plain(sentence))
    return tuple(match.group() for match in _FORBIDDEN[language][claim].finditer(said))


_FORBIDDEN: Final = {
    language: {claim: pattern(phrases) for claim, phrases in claims.items()}
    for language, claims in FORBIDDEN.items()
}
_ALLOWED: Final = {language: pattern(phrases) for language, phrases in ALLOWED.items()}
