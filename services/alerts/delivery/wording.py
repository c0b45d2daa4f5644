"""What a webhook says in words, in the three languages; every sentence is about a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from babel.lists import format_list
from babel.numbers import format_decimal

from models.climate.windows import Cadence
from services.alerts.delivery.notice import Kind, Locale, RuleFacts

CAUTION: Final[Mapping[Locale, str]] = {
    "en": (
        "This is an estimate about a group, with a margin of uncertainty. It says that something "
        "changed, not why, and it is not for individual decisions."
    ),
    "nl": (
        "Dit is een schatting over een groep, met een onzekerheidsmarge. Ze zegt dat er iets "
        "veranderde, niet waarom, en ze is niet bedoeld voor beslissingen over personen."
    ),
    "fr": (
        "Ceci est une estimation au sujet d'un groupe, avec une marge d'incertitude. Elle dit que "
        "quelque chose a changé, pas pourquoi, et ne doit pas servir à des décisions individuelles."
    ),
}
_PERIODS: Final[Mapping[Locale, Mapping[Cadence, tuple[str, str]]]] = {
    "en": {
        Cadence.DAY: ("day", "days"),
        Cadence.WEEK: ("week", "weeks"),
        Cadence.FOUR_WEEKS: ("four-week period", "four-week periods"),
    },
    "nl": {
        Cadence.DAY: ("dag", "dagen"),
        Cadence.WEEK: ("week", "weken"),
        Cadence.FOUR_WEEKS: ("periode van vier weken", "periodes van vier weken"),
    },
    "fr": {
        Cadence.DAY: ("jour", "jours"),
        Cadence.WEEK: ("semaine", "semaines"),
        Cadence.FOUR_WEEKS: ("période de quatre semaines", "périodes de quatre semaines"),
    },
}
_FIRING: Final[Mapping[Locale, str]] = {
    "en": (
        "Sentiment in {units} was at least {size} lower than before, compared with the "
        "organisation as a whole, for {count} {period} in a row."
    ),
    "nl": (
        "Het sentiment in {units} lag {count} {period} na elkaar minstens {size} lager dan "
        "voorheen, vergeleken met de hele organisatie."
    ),
    "fr": (
        "Pendant {count} {period} d'affilée, le sentiment dans {units} a été inférieur d'au moins "
        "{size} à ce qu'il était, par rapport à l'ensemble de l'organisation."
    ),
}
_RESOLVED: Final[Mapping[Locale, str]] = {
    "en": "Sentiment in {units} is back near its earlier level.",
    "nl": "Het sentiment in {units} ligt weer dicht bij het vroegere niveau.",
    "fr": "Le sentiment dans {units} est revenu près de son niveau antérieur.",
}
_THIN: Final[Mapping[Locale, str]] = {
    "en": "The details can be read in Barograph.",
    "nl": "De details staan in Barograph.",
    "fr": "Les détails peuvent être consultés dans Barograph.",
}
_WITHDRAWN: Final[Mapping[Locale, str]] = {
    "en": "An earlier alert no longer applies. Nothing can be concluded from this.",
    "nl": "Een eerdere melding geldt niet meer. Hieruit valt niets te besluiten.",
    "fr": "Une alerte antérieure ne s'applique plus. Rien ne peut en être conclu.",
}
_TEST: Final[Mapping[Locale, str]] = {
    "en": "This is a test. It says nothing about any unit.",
    "nl": "Dit is een test. Hij zegt niets over een afdeling.",
    "fr": "Ceci est un test. Il ne dit rien d'aucune unité.",
}
_TITLES: Final[Mapping[Kind, Mapping[Locale, str]]] = {
    "alert.firing": {"en": "Alert: {rule}", "nl": "Melding: {rule}", "fr": "Alerte : {rule}"},
    "alert.resolved": {"en": "Resolved: {rule}", "nl": "Hersteld: {rule}", "fr": "Résolu : {rule}"},
    "alert.withdrawn": {
        "en": "Alert withdrawn",
        "nl": "Melding ingetrokken",
        "fr": "Alerte retirée",
    },
    "endpoint.test": {
        "en": "Test of this endpoint",
        "nl": "Test van dit eindpunt",
        "fr": "Test de ce point d'accès",
    },
}
_NOISE: Final[Mapping[Locale, str]] = {
    "en": (
        "Noise was added to the values to limit what they can tell about any one person: "
        "90 % of them lie within ±{size} of what they were before."
    ),
    "nl": (
        "Aan de waarden is ruis toegevoegd om te beperken wat ze over één persoon kunnen zeggen: "
        "90 % ervan ligt binnen ±{size} van wat ze ervoor waren."
    ),
    "fr": (
        "Du bruit a été ajouté aux valeurs pour limiter ce qu'elles peuvent révéler d'une "
        "personne : 90 % d'entre elles se situent à ±{size} au plus de ce qu'elles étaient avant."
    ),
}
EXAMPLE_UNIT: Final[Mapping[Locale, str]] = {
    "en": "Example unit",
    "nl": "Voorbeeldafdeling",
    "fr": "Unité d'exemple",
}


def title(kind: Kind, locale: Locale, rule: str) -> str:
    """The subject; no value and no unit, because subjects are read over shoulders."""
    return _TITLES[kind][locale].format(rule=rule)


def summary(
    kind: Kind, locale: Locale, units: list[str], rule: RuleFacts | None, noise: float | None
) -> str:
    """What happened, how large the noise is if there is any, and what it may not be used for.

    Args:
        kind: type of the webhook.
        locale: language.
        units: names to be said; none if the receiver shall look them up.
        rule: the rule, if there is one.
        noise: the largest margin of the values told; None without noise.
    """
    if kind == "endpoint.test":
        said = _TEST[locale]
    elif kind == "alert.withdrawn":
        said = _WITHDRAWN[locale]
    elif rule is None or not units:
        said = _THIN[locale]
    else:
        sentence = _FIRING[locale] if kind == "alert.firing" else _RESOLVED[locale]
        one, several = _PERIODS[locale][rule.cadence]
        said = sentence.format(
            units=format_list(units, locale=locale),
            size=format_decimal(rule.threshold, locale=locale),
            count=rule.for_windows,
            period=one if rule.for_windows == 1 else several,
        )
    if noise is not None:
        said += " " + _NOISE[locale].format(size=format_decimal(noise, locale=locale))
    return f"{said} {CAUTION[locale]}"
