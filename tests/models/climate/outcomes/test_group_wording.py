"""A sentence about groups ranks none of them and speaks of nobody, in three languages."""

from __future__ import annotations

import pytest

from models.climate.outcomes.group_wording import ALLOWED, FORBIDDEN, GroupClaim, group_faults
from models.language.labels import Language

PHRASES = [
    (language, claim, phrase)
    for language, claims in FORBIDDEN.items()
    for claim, phrases in claims.items()
    for phrase in phrases
]


@pytest.mark.parametrize(("language", "claim", "phrase"), PHRASES)
def test_every_forbidden_word_is_found(language: Language, claim: GroupClaim, phrase: str) -> None:
    said = phrase.replace("*", "en")

    assert said in group_faults(f"Xx {said.upper()}, xx.", language, claim)
    assert said in group_faults(f"«{said}» xx", language, claim)


@pytest.mark.parametrize("language", list(Language))
def test_what_says_the_opposite_passes_and_a_word_that_only_begins_alike_too(
    language: Language,
) -> None:
    alike = {Language.EN: "whole, topic, menu", Language.NL: "topic, wiel", Language.FR: "rangée"}
    said = f"{ALLOWED[language][0].capitalize()}: {alike[language]}."

    assert [group_faults(said, language, claim) for claim in GroupClaim] == [(), ()]


def test_a_sentence_says_of_each_claim_what_is_its_own() -> None:
    said = "The best people in the lowest unit."

    assert group_faults(said, Language.EN, GroupClaim.RANK) == ("best", "lowest")
    assert group_faults(said, Language.EN, GroupClaim.PERSON) == ("people",)
