"""The section of the page on how the whole organisation takes part."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from models.climate.catalogue import ADOPTION
from models.climate.windows import Cadence
from services.alerts.console.wording import Wording
from services.alerts.indicators import PublishedValue


def adoption(
    published: Iterable[PublishedValue],
    latest: Collection[tuple[Cadence, date]],
    wording: Wording,
) -> tuple[tuple[str, str], ...]:
    """Name and value of each figure that is published of the *latest* windows.

    Args:
        published: Values of any indicators and windows.
        latest: The latest window of each length, as its length and first day.
        wording: The reader's language.
    """
    found = {
        value.indicator: value.value
        for value in published
        if (value.cadence, value.window_start) in latest
    }
    return tuple(
        (wording.indicator(one.id), wording.figure(one.id, found[one.id]))
        for one in ADOPTION
        if one.id in found
    )
