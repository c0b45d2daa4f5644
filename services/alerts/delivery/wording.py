"""What a webhook says in words, in the three languages; every sentence is about a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from babel.lists import format_list
from babel.numbers import format_decimal

from models.climate.detection.episodes import Direction
from services.alerts.delivery import wave_wording
from services.alerts.delivery.notice import Alert, Change, Kind, Locale, RuleFacts

CAUTION: Final[Mapping[Locale, str]] = {
    "en": (
        "This is an estimate about a group, with a margin of uncertainty. It says that something "
        "changed, not why, and it is not for decisions about individuals."
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
_PERIODS: Final[Mapping[Locale, tuple[str, str]]] = {
    "en": ("Over the last week", "Over the last {weeks} weeks"),
    "nl": ("In de voorbije week", "In de voorbije {weeks} weken"),
    "fr": ("Sur la dernière semaine", "Sur les {weeks} dernières semaines"),
}
_FIRING: Final[Mapping[Locale, str]] = {
    "en": (
        "{period}, sentiment in {unit} was {size} {way} than usual there (90 % interval {low} to "
        "{high}), beyond what the rest of the organisation did; {band} people contributed in the "
        "latest week."
    ),
    "nl": (
        "{period} lag het sentiment in {unit} {size} {way} dan daar gewoonlijk (90 %-interval "
        "{low} tot {high}), meer dan de rest van de organisatie verschoof; in de laatste week "
        "droegen {band} mensen bij."
    ),
    "fr": (
        "{period}, le sentiment dans {unit} a été {way} de {size} à son niveau habituel "
        "(intervalle à 90 % : {low} à {high}), au-delà de ce qu'a fait le reste de "
        "l'organisation ; {band} participants la dernière semaine."
    ),
}
_WAYS: Final[Mapping[Locale, Mapping[Direction, str]]] = {
    "en": {Direction.DROP: "lower", Direction.RISE: "higher"},
    "nl": {Direction.DROP: "lager", Direction.RISE: "hoger"},
    "fr": {Direction.DROP: "inférieur", Direction.RISE: "supérieur"},
}
_CALIBRATED: Final[Mapping[Locale, str]] = {
    "en": (
        "Chance alone raises about {rate} such alerts a year, drops and rises, in the whole "
        "organisation."
    ),
    "nl": (
        "Toeval alleen geeft in de hele organisatie ongeveer {rate} zulke meldingen per jaar, "
        "dalingen en stijgingen samen."
    ),
    "fr": (
        "Le hasard seul donne environ {rate} alertes de ce genre par an dans toute "
        "l'organisation, baisses et hausses comprises."
    ),
}
_NOT_CALIBRATED: Final[Mapping[Locale, str]] = {
    "en": (
        "The threshold has not been calibrated for this organisation yet; in simulated "
        "organisations in which nothing changed it raised fewer than one alert a year."
    ),
    "nl": (
        "De drempel is nog niet voor deze organisatie geijkt; in gesimuleerde organisaties waarin "
        "niets veranderde, gaf hij minder dan één melding per jaar."
    ),
    "fr": (
        "Le seuil n'a pas encore été étalonné pour cette organisation ; dans des organisations "
        "simulées où rien ne changeait, il a donné moins d'une alerte par an."
    ),
}
_RESOLVED: Final[Mapping[Locale, str]] = {
    "en": "Sentiment in {units} no longer differs clearly from its earlier level.",
    "nl": "Het sentiment in {units} verschilt niet meer duidelijk van het vroegere niveau.",
    "fr": "Le sentiment dans {units} ne diffère plus clairement de son niveau antérieur.",
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


def summary(kind: Kind, locale: Locale, alerts: Sequence[Alert], rule: RuleFacts | None) -> str:
    """What happened, how often chance says so, how large noise is, and what it may not be used for.

    Args:
        kind: type of the webhook.
        locale: language.
        alerts: what may be said; none if the receiver shall look it up.
        rule: the rule, if there is one.
    """
    if rule is not None and rule.indicator == wave_wording.INDICATOR:
        return _of_wave(kind, locale, alerts, rule)
    if kind == "endpoint.test":
        said = [_TEST[locale]]
    elif kind == "alert.withdrawn":
        said = [_WITHDRAWN[locale]]
    elif rule is None or not alerts:
        said = [_THIN[locale]]
    elif kind == "alert.resolved":
        names = format_list([alert.names[locale] for alert in alerts], locale=locale)
        said = [_RESOLVED[locale].format(units=names)]
    else:
        said = [
            firing(alert.names[locale], alert.change, locale) for alert in alerts if alert.change
        ]
    if rule is not None and kind == "alert.firing":
        said.append(chance(rule.false_alarms, locale))
    noise = max((alert.noise for alert in alerts if alert.noise is not None), default=None)
    if noise is not None:
        said.append(_NOISE[locale].format(size=_score(noise, locale, "0.00")))
    return " ".join((*said, CAUTION[locale]))


def _of_wave(kind: Kind, locale: Locale, alerts: Sequence[Alert], rule: RuleFacts) -> str:
    if kind == "alert.withdrawn":
        return f"{_WITHDRAWN[locale]} {wave_wording.CAUTION[locale]}"
    said = wave_wording.firing(alerts, locale) if alerts else _THIN[locale]
    chances = wave_wording.chance(rule.false_alarms, locale)
    return f"{said} {chances} {wave_wording.CAUTION[locale]}"


def firing(unit: str, change: Change, locale: Locale) -> str:
    """How much a unit changed, in one sentence; no word says why.

    Args:
        unit: its name.
        change: how much.
        locale: language.
    """
    one, several = _PERIODS[locale]
    low, high = change.interval
    return _FIRING[locale].format(
        period=one if change.weeks == 1 else several.format(weeks=change.weeks),
        unit=unit,
        size=_score(abs(change.size), locale, "0.00"),
        way=_WAYS[locale][Direction.DROP if change.size < 0 else Direction.RISE],
        low=_score(low, locale, "+0.00;-0.00"),
        high=_score(high, locale, "+0.00;-0.00"),
        band=change.band,
    )


def chance(false_alarms: float | None, locale: Locale) -> str:
    """How many alerts a year say nothing, or that it is not known here yet."""
    if false_alarms is None:
        return _NOT_CALIBRATED[locale]
    return _CALIBRATED[locale].format(rate=_score(false_alarms, locale, "0.0"))


def _score(value: float, locale: Locale, pattern: str) -> str:
    return format_decimal(value, pattern, locale=locale)
