"""What a webhook says where leaving comes up; no word of it speaks of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from babel.lists import format_list
from babel.numbers import format_decimal

from models.language.labels import Signal
from services.alerts.delivery.notice import Alert, Locale

INDICATOR: Final = Signal.TURNOVER_INTENT.value
_FIRING: Final[Mapping[Locale, str]] = {
    "en": (
        "In the last four weeks leaving came up clearly more often than usual in {units}, beyond "
        "what the rest of the organisation did."
    ),
    "nl": (
        "In de voorbije vier weken kwam vertrekken in {units} duidelijk vaker dan gewoonlijk ter "
        "sprake, meer dan de rest van de organisatie verschoof."
    ),
    "fr": (
        "Au cours des quatre dernières semaines, le départ a été évoqué nettement plus souvent "
        "que d'habitude dans {units}, au-delà de ce qu'a fait le reste de l'organisation."
    ),
}
_CHANCE: Final[Mapping[Locale, str]] = {
    "en": "Chance alone raises about {rate} such alerts a year in the whole organisation.",
    "nl": "Toeval alleen geeft in de hele organisatie ongeveer {rate} zulke meldingen per jaar.",
    "fr": "Le hasard seul donne environ {rate} alertes de ce genre par an dans toute "
    "l'organisation.",
}
_SILENT: Final[Mapping[Locale, str]] = {
    "en": "Where leaving comes up is not told until that threshold has been calibrated.",
    "nl": "Waar vertrekken ter sprake komt, wordt pas gemeld als die drempel geijkt is.",
    "fr": "Où le départ est évoqué n'est pas signalé tant que ce seuil n'a pas été étalonné.",
}
CAUTION: Final[Mapping[Locale, str]] = {
    "en": (
        "This is an estimate about a whole unit, with a margin of uncertainty. It says that "
        "something changed, not why, and is no ground for a decision about anything smaller than "
        "that unit."
    ),
    "nl": (
        "Dit is een schatting over een hele afdeling, met een onzekerheidsmarge. Ze zegt dat er "
        "iets veranderde, niet waarom, en is geen grond voor een beslissing over iets kleiners "
        "dan die afdeling."
    ),
    "fr": (
        "Ceci est une estimation au sujet d'une unité entière, avec une marge d'incertitude. Cela "
        "dit que quelque chose a changé, pas pourquoi, et ne fonde aucune décision sur quoi que "
        "ce soit de plus petit que cette unité."
    ),
}


def firing(alerts: Sequence[Alert], locale: Locale) -> str:
    """What came up where."""
    names = format_list([alert.names[locale] for alert in alerts], locale=locale)
    return _FIRING[locale].format(units=names)


def chance(false_alarms: float | None, locale: Locale) -> str:
    """How many alerts a year say nothing, or that none is raised yet."""
    if false_alarms is None:
        return _SILENT[locale]
    return _CHANCE[locale].format(rate=format_decimal(false_alarms, "0.0", locale=locale))
