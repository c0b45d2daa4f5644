"""Nothing that is said of a finding claims a cause, a forecast or money, in three languages."""

from __future__ import annotations

import re
from datetime import date

import pytest

from models.climate.outcomes.wording import faults
from models.language.labels import Language
from services.alerts.outcomes.findings import (
    AssociationShown,
    ChangeShown,
    EffectShown,
    InterventionFinding,
    LinesShown,
    MonthShown,
    OutcomeFinding,
    PanelShown,
)
from services.alerts.outcomes.sentences import catalogue, of_intervention, of_outcome, say
from services.contracts.registration import Names

DAY = date(2026, 3, 4)
NAMES = Names(en="Leavers", nl="Vertrekkers", fr="Départs")
FOUND = AssociationShown(
    lag=2, strongest_of=1, coefficient=-0.31, low=-0.52, high=0.0, p_value=0.02,
    p_adjusted=0.04, hypotheses=2, months=60, pairs=58,
)  # fmt: skip
PANEL = PanelShown(lag=2, coefficient=0.2, low=-0.1, high=0.45, units=12, months=48, pairs=500)
EFFECT = EffectShown(
    effect=-0.06, low=-0.2, high=0.08, p_value=0.3, p_adjusted=0.6, hypotheses=2, placebos=30
)


def lines(unit: str, found: AssociationShown | None, silence: str | None) -> LinesShown:
    month = MonthShown(month=DAY.replace(day=1), climate=0.1, figure=2.0, band=None)
    return LinesShown.model_validate(
        {"unit": unit, "months": (month,), "known": 20, "association": found, "silence": silence}
    )


def outcome(*units: LinesShown, **changed: object) -> OutcomeFinding:
    fields = {
        "id": "leavers", "names": NAMES, "indicator": "valence", "good": "lower", "lag": 2,
        "registered": DAY, "units": units, "panel": None,
    }  # fmt: skip
    return OutcomeFinding.model_validate(fields | changed)


def event(**changed: object) -> InterventionFinding:
    fields = {
        "id": "roster", "names": NAMES, "date": DAY, "registered": DAY, "beforehand": True,
        "units": (ChangeShown(unit="n", effect=EFFECT), ChangeShown(unit="s", effect=None)),
    }  # fmt: skip
    return InterventionFinding.model_validate(fields | changed)


SILENT = [lines("s", None, silence) for silence in ("few_months", "many_gaps", "nothing_left")]
OUTCOMES = [
    outcome(lines("n", FOUND, None), *SILENT),
    outcome(lines("n", FOUND, None), lag=None, good="higher"),
    outcome(lines("n", None, "in_panel"), panel=PANEL),
    outcome(lines("n", None, "in_panel")),
    outcome(),
]
EVENTS = [event(), event(beforehand=False)]


def said(language: Language) -> list[str]:
    names = {"n": "North", "s": "South"}
    return [
        *(s for each in OUTCOMES for s in of_outcome(each, names, language)),
        *(s for each in EVENTS for s in of_intervention(each, names, language)),
    ]


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_of_the_catalogue_has_a_fault(language: Language) -> None:
    found = {
        key: claims
        for key, sentence in catalogue(language).items()
        if (claims := faults(re.sub(r"\{\w+\}", "", sentence), language))
    }

    assert found == {}


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_as_it_is_said_has_one(language: Language) -> None:
    assert [s for s in said(language) if faults(s, language)] == []


@pytest.mark.parametrize("language", list(Language))
def test_every_place_is_filled(language: Language) -> None:
    assert [s for s in said(language) if "{" in s or "None" in s] == []


def test_every_language_has_the_same_sentences_with_the_same_places() -> None:
    places = [
        {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in catalogue(language).items()}
        for language in Language
    ]

    assert places[0] == places[1] == places[2]


@pytest.mark.parametrize("language", list(Language))
def test_every_coefficient_stands_with_the_third_cause(language: Language) -> None:
    third = {"en": "third cause", "nl": "derde oorzaak", "fr": "troisième cause"}[language]

    assert all(third in of_outcome(each, {}, language)[0] for each in OUTCOMES)


@pytest.mark.parametrize("language", list(Language))
def test_every_event_stands_with_another_cause(language: Language) -> None:
    other = {
        "en": "a change at the same time can have another cause",
        "nl": "andere oorzaak",
        "fr": "autre cause",
    }[language]

    assert all(other in of_intervention(each, {}, language)[0].lower() for each in EVENTS)


def test_a_coefficient_comes_with_interval_months_units_and_correction() -> None:
    (sentence,) = of_outcome(outcome(lines("n", FOUND, None)), {"n": "North"}, Language.NL)[4:]

    assert sentence.startswith("North: ")
    for part in ("-0,31", "2 maand", "-0,52 tot 0,00", "p = 0,020", "0,040", "2 hypothesen"):
        assert part in sentence
    assert "60 maanden, 1 eenheid" in sentence


def test_below_36_months_it_is_said_that_there_is_none() -> None:
    assert of_outcome(outcome(SILENT[0]), {}, Language.EN)[4:] == (
        "s: no coefficient before 36 months; 20 months are known in both lines.",
    )


def test_a_panel_says_that_it_is_of_no_single_unit() -> None:
    general = of_outcome(OUTCOMES[2], {}, Language.EN)

    assert say(Language.EN, "panel", units=12, coefficient="+0.20", lag=2, low="-0.10",
               high="+0.45", months=48, pairs=500) in general  # fmt: skip
    assert not any("p =" in sentence for sentence in general)


def test_an_event_that_was_registered_afterwards_is_said_to_be() -> None:
    late = say(Language.FR, "event_late")

    assert late not in of_intervention(EVENTS[0], {}, Language.FR)
    assert late in of_intervention(EVENTS[1], {}, Language.FR)


def test_the_strongest_of_several_lags_says_that_it_is_one() -> None:
    assert "strongest of 7 lags" in " ".join(of_outcome(OUTCOMES[1], {}, Language.EN))
