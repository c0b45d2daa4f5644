"""What a webhook says, in three languages and two modes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.climate.detection.episodes import Direction
from models.climate.outcomes.wording import faults
from models.language.labels import Language
from services.alerts.delivery.document import API_VERSION, MOST_ALERTS, body
from services.alerts.delivery.notice import (
    LOCALES,
    Alert,
    Change,
    Kind,
    Locale,
    Mode,
    Notice,
    RuleFacts,
)

RULE = RuleFacts(
    uid="sustained_drop",
    names={"en": "Sustained drop", "nl": "Aanhoudende daling", "fr": "Baisse durable"},
    indicator="valence",
    direction=Direction.DROP,
    threshold=4.0,
    false_alarms=0.84,
)
ALERT = Alert(
    fingerprint="5f0c2a9e41d7b863",
    episode="0193f0c0",
    severity="warning",
    unit="care",
    names={"en": "Customer Care", "nl": "Klantenzorg", "fr": "Service clientèle"},
    level=2,
    window_start=date(2026, 11, 16),
    window_end=date(2026, 11, 23),
    starts=date(2026, 11, 9),
    ends=None,
    value=-0.14,
    change=Change(size=-0.12, margin=0.04, weeks=4, band="25-49"),
    noise=None,
    wave=None,
)
NOTICE = Notice(
    notification_id="ntf_1",
    kind="alert.firing",
    reason="new_alerts",
    group_key="9f1c",
    sequence=7,
    at=datetime(2026, 11, 25, 6, 0, 4, 123_456, tzinfo=UTC),
    rule=RULE,
    alerts=(ALERT,),
)
WITHDRAWN = replace(NOTICE, kind="alert.withdrawn", alerts=(replace(ALERT, unit=None, names={}),))


def said(notice: Notice, locale: Locale = "en", mode: Mode = "full") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(body(notice, locale, mode))
    return document


def test_the_bytes_are_these_for_ever_in_this_version() -> None:
    assert body(NOTICE, "nl", "full").decode() == (
        '{"type":"alert.firing","timestamp":"2026-11-25T06:00:04Z","api_version":"2026-12-01",'
        '"test":false,"data":{"notification_id":"ntf_1","group_key":"9f1c","sequence":7,'
        '"reason":"new_alerts","status":"firing","locale":"nl",'
        '"title":"Melding: Aanhoudende daling",'
        '"summary":"In de voorbije 4 weken lag het sentiment in Klantenzorg 0,12 lager dan daar '
        "gewoonlijk (90 %-interval -0,16 tot -0,08), meer dan de rest van de organisatie "
        "verschoof; in de laatste week droegen 25-49 mensen bij. Toeval alleen geeft in de hele "
        "organisatie ongeveer 0,8 zulke meldingen per jaar, dalingen en stijgingen samen. "
        "Dit is een schatting over een groep, met "
        "een onzekerheidsmarge. Ze zegt dat er iets veranderde, niet waarom, en ze is niet "
        'bedoeld voor beslissingen over personen.",'
        '"group_labels":{"rule":"sustained_drop","indicator":"valence"},'
        '"false_alarms_a_year":0.84,"truncated_alerts":0,"alerts":[{"fingerprint":"5f0c2a9e41d7b863","episode":"0193f0c0",'
        '"status":"firing","severity":"warning",'
        '"labels":{"indicator":"valence","level":"2","unit":"care"},'
        '"window":{"start":"2026-11-16","end":"2026-11-23"},"starts_at":"2026-11-09",'
        '"ends_at":null,"unit_name":"Klantenzorg","value":-0.14,"unit_of_measure":"score",'
        '"change":{"size":-0.12,"interval_90":[-0.16,-0.08],"weeks":4,"contributors":"25-49"}}]}}'
    )
    assert API_VERSION == "2026-12-01"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "kind", ["alert.firing", "alert.resolved", "alert.withdrawn", "endpoint.test"]
)
def test_every_webhook_says_what_it_may_not_be_used_for(locale: Locale, kind: Kind) -> None:
    summary = said(replace(NOTICE, kind=kind), locale)["data"]["summary"]

    caution = {"en": "not for decisions about individuals",
               "nl": "niet bedoeld voor beslissingen over",
               "fr": "ne doit pas servir à des décisions individuelles"}  # fmt: skip
    assert caution[locale] in summary


@pytest.mark.parametrize("locale", LOCALES)
def test_a_thin_webhook_names_no_unit_and_no_value(locale: Locale) -> None:
    text = body(NOTICE, locale, "thin").decode()

    assert ALERT.names[locale] not in text
    assert "0.14" not in text
    assert "0.12" not in text
    assert "25-49" not in text
    assert said(NOTICE, locale, "thin")["data"]["alerts"][0]["labels"]["unit"] == "care"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_withdrawal_names_no_unit_no_value_and_no_cause(locale: Locale) -> None:
    document = said(WITHDRAWN, locale)

    (alert,) = document["data"]["alerts"]
    assert alert["labels"] == {"indicator": "valence"}
    assert "value" not in alert
    assert document["data"]["title"] in {"Alert withdrawn", "Melding ingetrokken", "Alerte retirée"}


def test_a_test_says_that_it_is_one() -> None:
    document = said(replace(NOTICE, kind="endpoint.test", rule=None, alerts=()))

    assert (document["type"], document["test"]) == ("endpoint.test", True)
    assert document["data"]["alerts"] == []


def test_the_subject_has_no_unit_and_no_figure() -> None:
    assert said(NOTICE)["data"]["title"] == "Alert: Sustained drop"


def test_more_alerts_than_anyone_reads_are_counted_and_not_listed() -> None:
    data = said(replace(NOTICE, alerts=(ALERT,) * (MOST_ALERTS + 3)))["data"]

    assert (len(data["alerts"]), data["truncated_alerts"]) == (MOST_ALERTS, 3)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("false_alarms", [None, 0.84])
@pytest.mark.parametrize("size", [-0.12, 0.12])
@pytest.mark.parametrize("weeks", [1, 4])
@pytest.mark.parametrize("kind", ["alert.firing", "alert.resolved", "alert.withdrawn"])
def test_no_sentence_says_why(
    locale: Locale, false_alarms: float | None, size: float, weeks: int, kind: Kind
) -> None:
    change = Change(size, 0.04, weeks, "25-49")
    rule = replace(RULE, false_alarms=false_alarms)
    notice = replace(NOTICE, kind=kind, rule=rule, alerts=(replace(ALERT, change=change),))

    summary = said(notice, locale)["data"]["summary"]

    assert list(faults(summary, Language(locale))) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_firing_says_how_much_how_surely_for_how_long_and_how_many(locale: Locale) -> None:
    summary = said(NOTICE, locale)["data"]["summary"]

    decimal = "." if locale == "en" else ","
    for figure in ("0.12 ", "-0.16", "-0.08", "0.8 "):
        assert figure.replace(".", decimal) in summary
    assert " 4 " in summary
    assert "25-49" in summary


@pytest.mark.parametrize("locale", LOCALES)
def test_a_threshold_that_is_nobodys_own_is_said_to_be_so(locale: Locale) -> None:
    rule = replace(RULE, false_alarms=None)

    for mode in ("full", "thin"):
        document = said(replace(NOTICE, rule=rule), locale, mode)

        assert document["data"]["false_alarms_a_year"] is None
        phrase = {"en": "not been calibrated", "nl": "nog niet", "fr": "pas encore été étalonné"}
        assert phrase[locale] in document["data"]["summary"]


def test_several_units_have_a_sentence_each() -> None:
    other = replace(ALERT, names={"en": "IT"}, change=Change(-0.2, 0.05, 8, "50-99"))

    summary = said(replace(NOTICE, alerts=(ALERT, other)))["data"]["summary"]

    assert "last 4 weeks, sentiment in Customer Care was 0.12 lower" in summary
    assert "last 8 weeks, sentiment in IT was 0.20 lower" in summary
    assert summary.count("Chance alone") == 1


@pytest.mark.parametrize(("locale", "size"), [("en", "±0.04"), ("nl", "±0,04"), ("fr", "±0,04")])
def test_a_webhook_says_how_large_the_noise_is(locale: Locale, size: str) -> None:
    other = replace(ALERT, noise=0.02, unit="legal")
    document = said(replace(NOTICE, alerts=(replace(ALERT, noise=0.04), other)), locale)

    assert size in document["data"]["summary"]
    assert [alert["noise"] for alert in document["data"]["alerts"]] == [0.04, 0.02]
    thin = said(replace(NOTICE, alerts=(replace(ALERT, noise=0.04),)), locale, "thin")
    assert "0.04" not in repr(thin)
    assert "0,04" not in repr(thin)
    assert "±" not in said(NOTICE, locale)["data"]["summary"]


def test_no_field_could_hold_a_size_a_text_or_a_person() -> None:
    document = said(NOTICE)

    assert set(document["data"]["alerts"][0]) == {
        "fingerprint", "episode", "status", "severity", "labels", "window", "starts_at", "ends_at",
        "unit_name", "value", "unit_of_measure", "change",
    }  # fmt: skip
    assert set(document["data"]["alerts"][0]["change"]) == {
        "size", "interval_90", "weeks", "contributors",
    }  # fmt: skip
