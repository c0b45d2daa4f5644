"""What is said where leaving comes up speaks of no person, in three languages and both modes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from models.climate.detection.episodes import Direction
from models.climate.detection.wave import WaveState
from models.climate.outcomes.group_wording import GroupClaim, group_faults
from models.climate.outcomes.wording import Claim, faults
from models.language.labels import Language
from services.alerts.console.wording import wording
from services.alerts.delivery import wave_wording
from services.alerts.delivery.document import body
from services.alerts.delivery.notice import LOCALES, Kind, Locale, Mode, RuleFacts
from services.alerts.rules.rule import RESIGNATION_WAVE
from tests.services.alerts.delivery.test_document import ALERT, NOTICE

NAMES = RESIGNATION_WAVE.names
RULE = RuleFacts(
    uid="resignation_wave",
    names={"en": NAMES.en, "nl": NAMES.nl, "fr": NAMES.fr},
    indicator="turnover_intent",
    direction=Direction.RISE,
    threshold=4.2,
    false_alarms=0.84,
)
WAVE = replace(ALERT, value=None, change=None, wave=WaveState.CLEARLY_RAISED,
               names={"en": "Xx", "nl": "Xx", "fr": "Xx"})  # fmt: skip
FIRING = replace(NOTICE, rule=RULE, alerts=(WAVE,))
GONE = replace(
    FIRING, kind="alert.withdrawn", alerts=(replace(WAVE, unit=None, names={}, wave=None),)
)
KINDS: tuple[Kind, ...] = ("alert.firing", "alert.withdrawn")


def said(kind: Kind, locale: Locale, mode: Mode = "full") -> dict[str, Any]:
    notice = FIRING if kind == "alert.firing" else GONE
    found: dict[str, Any] = json.loads(body(notice, locale, mode))["data"]
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["full", "thin"])
def test_no_word_of_a_webhook_speaks_of_a_person_a_cause_or_what_will_come(
    kind: Kind, locale: Locale, mode: Mode
) -> None:
    data, language = said(kind, locale, mode), Language(locale)
    sentences = f"{data['title']}. {data['summary']}"

    assert group_faults(sentences, language, GroupClaim.PERSON) == ()
    assert [one for one in faults(sentences, language) if one.claim is not Claim.MONEY] == []
    assert faults(sentences, language) == ()


@pytest.mark.parametrize("language", list(Language))
def test_no_word_of_the_page_speaks_of_a_person(language: Language) -> None:
    words = [str(text) for key, text in wording(language).words.items() if "alert_wave_" in key]
    rules = [getattr(NAMES, language.value), wave_wording.chance(None, language.value),
             wave_wording.chance(0.5, language.value)]  # fmt: skip

    assert len(words) == 3
    for text in (*words, *rules):
        assert group_faults(text.format(unit="Xx", since="Xx"), language, GroupClaim.PERSON) == ()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_firing_names_the_unit_and_says_how_often_chance_alone_does(locale: Locale) -> None:
    data = said("alert.firing", locale)

    assert " Xx" in data["summary"]
    assert ("0.8" if locale == "en" else "0,8") in data["summary"]
    assert data["alerts"][0]["unit_name"] == "Xx"
    assert data["alerts"][0]["wave"] == "clearly_raised"
    assert {"value", "change", "unit_of_measure"} & set(data["alerts"][0]) == set()


def test_a_thin_webhook_and_a_withdrawal_say_nothing_of_where() -> None:
    thin, gone = said("alert.firing", "en", "thin"), said("alert.withdrawn", "en")

    assert "Xx" not in thin["summary"] + json.dumps(thin["alerts"])
    assert "wave" not in json.dumps(thin["alerts"]) + json.dumps(gone["alerts"])
    assert "Nothing can be concluded" in gone["summary"]
    assert "0.8" not in gone["summary"]
