"""A sentence about an association claims no cause, no forecast and no money, in three languages."""

from __future__ import annotations

import pytest

from models.climate.outcomes.wording import ALLOWED, FORBIDDEN, Claim, Fault, faults
from models.language.labels import Language

PHRASES = [
    (language, claim, phrase)
    for language, claims in FORBIDDEN.items()
    for claim, phrases in claims.items()
    for phrase in phrases
]
ALLOWED_PHRASES = [(language, phrase) for language in Language for phrase in ALLOWED[language]]
HONEST = {
    Language.EN: [
        "Over 60 months, absence moved against the climate of two months before.",
        "Association -0.31 (95% interval -0.52 to -0.07, p = 0.02, 60 months, 1 unit).",
        "This is an association, not a cause: the same direction can arise from a third cause.",
        "Around 3 March 2026 the unit changed by +0.06 against the rest of the organisation.",
        "Fewer than 36 months: both lines are shown without a coefficient. This is no forecast.",
        "The change around the date is within the range of the changes around other dates.",
    ],
    Language.NL: [
        "Over 60 maanden bewoog het verzuim tegengesteld aan het klimaat van twee maanden eerder.",
        "Samenhang -0,31 (95%-interval -0,52 tot -0,07, p = 0,02, 60 maanden, 1 eenheid).",
        "Dit is een samenhang, geen oorzakelijk verband: een derde oorzaak kan erachter zitten.",
        "Rond 3 maart 2026 veranderde de eenheid met +0,06 tegenover de rest van de organisatie.",
        "Minder dan 36 maanden: beide lijnen, zonder coëfficiënt. Dit is geen voorspelling.",
    ],
    Language.FR: [
        "Sur 60 mois, l'absentéisme a bougé en sens contraire du climat de deux mois plus tôt.",
        "Association de -0,31 (intervalle à 95 % de -0,52 à -0,07, p = 0,02, 60 mois, 1 unité).",
        "C'est une association, pas une cause : une troisième cause peut se trouver derrière.",
        "Autour du 3 mars 2026, l'unité a changé de +0,06 par rapport au reste de l'organisation.",
        "Moins de 36 mois : les deux courbes, sans coefficient. Ce n'est pas une prévision.",
    ],
}
HONEST_SENTENCES = [(language, said) for language in Language for said in HONEST[language]]


@pytest.mark.parametrize(("language", "claim", "phrase"), PHRASES)
def test_every_forbidden_word_is_found(language: Language, claim: Claim, phrase: str) -> None:
    said = phrase.replace("*", "ent").replace("…", "xx yy")

    assert Fault(claim, said) in faults(f"Xx {said.upper()}, xx.", language)
    assert Fault(claim, said) in faults(f"«{said}» xx", language)


@pytest.mark.parametrize(("language", "phrase"), ALLOWED_PHRASES)
def test_what_is_allowed_passes(language: Language, phrase: str) -> None:
    assert faults(f"Xx, {phrase.capitalize()}.", language) == ()


@pytest.mark.parametrize(("language", "sentence"), HONEST_SENTENCES)
def test_an_honest_sentence_passes(language: Language, sentence: str) -> None:
    assert faults(sentence, language) == ()


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        (Language.EN, "A better climate leads to lower absence.", [Claim.CAUSE]),
        (Language.EN, "Turnover will fall next quarter.", [Claim.FORECAST, Claim.FORECAST]),
        (Language.EN, "It saves €12k, or EUR12000.", [Claim.MONEY] * 3),
        (Language.EN, "It predicts absence and costs us.", [Claim.FORECAST, Claim.MONEY]),
        (Language.NL, "Een laag klimaat leidt na twee maanden vaak tot verzuim.", [Claim.CAUSE]),
        (Language.NL, "Het verzuim zal dalen.", [Claim.FORECAST]),
        (Language.NL, "Dat beïnvloedt het en bespaart 9.", [Claim.CAUSE, Claim.MONEY]),
        (Language.FR, "Un meilleur climat entraîne moins d'absences.", [Claim.CAUSE]),
        (Language.FR, "L'absentéisme augmentera et baissera.", [Claim.FORECAST] * 2),
        (Language.FR, "C\u2019est à cause d\u2019un mauvais climat.", [Claim.CAUSE]),
        (Language.FR, "Cela coûte 12 000 €.", [Claim.MONEY, Claim.MONEY]),
    ],
)  # fmt: skip
def test_a_claim_is_found_and_named(
    language: Language, sentence: str, expected: list[Claim]
) -> None:
    assert [fault.claim for fault in faults(sentence, language)] == expected


def test_faults_come_in_the_order_of_the_sentence() -> None:
    assert faults("It will cost because it may.", Language.EN) == (
        Fault(Claim.FORECAST, "will"),
        Fault(Claim.MONEY, "cost"),
        Fault(Claim.CAUSE, "because"),
    )


@pytest.mark.parametrize(
    "disguised",
    [
        "LEADS TO",
        "leads\u00a0to",
        "leads\n  to",
        "le\u00adads to",
        "leads\u200b to",
        "\uff4c\uff45ads to",
    ],
)
def test_typography_hides_nothing(disguised: str) -> None:
    assert faults(f"It {disguised} absence.", Language.EN) == (Fault(Claim.CAUSE, "leads to"),)


def test_letters_that_are_composed_otherwise_are_the_same() -> None:
    assert faults("Cela cou\u0302te.", Language.FR) == (Fault(Claim.MONEY, "coûte"),)


def test_a_part_of_a_word_is_no_word() -> None:
    assert faults("Goodwill, europium, becausey, applause.", Language.EN) == ()
    assert faults("La caméra et l'opéra.", Language.FR) == ()


def test_two_halves_in_two_sentences_are_no_phrase() -> None:
    assert faults("Zij leidt. Het liep tot mei.", Language.NL) == ()


def test_an_allowed_phrase_excuses_nothing_else() -> None:
    assert faults("A third cause causes it.", Language.EN) == (Fault(Claim.CAUSE, "causes"),)
    assert faults("", Language.EN) == ()


def test_every_language_is_looked_at() -> None:
    assert {*FORBIDDEN} == {*ALLOWED} == {*Language}
    assert all({*claims} == {*Claim} for claims in FORBIDDEN.values())
