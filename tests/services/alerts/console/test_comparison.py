"""Units side by side: three words, no rank, and what belongs beside them, in three languages."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from models.climate.detection.comparison import Standing
from models.climate.outcomes.group_wording import GroupClaim, group_faults
from models.climate.outcomes.wording import faults
from models.language.labels import Language
from services.alerts.console.comparison import section
from services.alerts.console.routes import Facts, render
from services.alerts.console.view import OpenAlerts, view
from services.alerts.console.wording import wording
from services.alerts.ledger.comparisons import Comparison, UnitCompared
from tests.services.alerts.console.test_page import UNITS, week

FOUND = Comparison(
    quarter="2026Q4", start=date(2026, 10, 5), end=date(2027, 1, 25), weeks=16, compared=4,
    wrong_share=0.1,
    units=tuple(
        UnitCompared(unit=unit, standing=standing, estimate=estimate, low=estimate - 0.04,
                     high=estimate + 0.04)
        for unit, standing, estimate in (
            ("a", Standing.ABOVE, 0.2), ("b", Standing.INDISTINGUISHABLE, 0.1),
            ("c", Standing.INDISTINGUISHABLE, 0.12), ("d", Standing.BELOW, -0.1),
        )
    ),
)  # fmt: skip
NONE = FOUND.model_copy(update={"compared": 0, "units": ()})
NAMES = {"a": "Zinc", "b": "Mill", "c": "anvil", "d": "Forge"}


def page(found: Comparison, language: Language) -> str:
    words = wording(language)
    facts = Facts(k=10, purpose="x", text_life_hours=24)
    side_by_side = section(found, NAMES, words)
    shown = view([week(0)], UNITS, [], "", words)
    return unescape(render(shown, OpenAlerts([], []), words, facts, side_by_side=side_by_side))


@pytest.mark.parametrize("language", list(Language))
def test_the_page_holds_the_whole_section(language: Language) -> None:
    html, found = page(FOUND, language), section(FOUND, NAMES, wording(language))

    assert all(sentence in html for sentence in found.said)
    assert all(f">{row.standing}<" in html and f">{row.interval}<" in html for row in found.rows)
    assert html.index("anvil") < html.index("Forge") < html.index("Zinc")
    assert found.said[-1] not in page(NONE, language)


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_claims_a_cause_a_forecast_or_a_rank(language: Language) -> None:
    words = wording(language)
    said = [str(text) for key, text in words.words.items() if key.startswith("compared_")]

    assert len(said) == 14
    assert [one for one in said if faults(one, language)] == []
    assert [one for one in said if group_faults(one, language, GroupClaim.RANK)] == []


@pytest.mark.parametrize("language", list(Language))
def test_units_stand_by_name_whatever_their_value(language: Language) -> None:
    rows = section(FOUND, NAMES, wording(language)).rows

    assert [row.name for row in rows] == ["anvil", "Forge", "Mill", "Zinc"]


def test_each_unit_has_one_of_three_words_its_estimate_and_its_interval() -> None:
    anvil, forge, _, zinc = section(FOUND, NAMES, wording(Language.EN)).rows

    assert zinc.standing == "clearly above the others"
    assert forge.standing == "clearly below the others"
    assert anvil.standing == "not distinguishable from the others"
    assert (zinc.estimate, zinc.interval) == ("+0.20", "+0.16 to +0.24")


def test_how_many_were_compared_and_how_many_flags_are_wrong_is_said() -> None:
    said = " ".join(section(FOUND, NAMES, wording(Language.EN)).said)

    assert "4 units were compared" in said
    assert "up to 10 % may be so by chance" in said
    assert "October 5, 2026 to January 24, 2027: 16 weeks" in said


def test_where_nothing_was_compared_that_is_all_that_is_said() -> None:
    found = section(NONE, NAMES, wording(Language.EN))

    assert found.rows == ()
    assert found.said[-1] == "Nothing is said: fewer than four units could be compared."
    assert len(found.said) == 2


@pytest.mark.parametrize("language", list(Language))
def test_every_language_has_the_same_places(language: Language) -> None:
    def places(one: Language) -> dict[str, set[str]]:
        return {
            key: set(re.findall(r"{(\w+)}", str(text)))
            for key, text in wording(one).words.items()
            if key.startswith("compared_")
        }

    assert places(language) == places(Language.EN)
