"""Shares of a week's messages: what may be known of them is kept, and figures are made of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection, select

from models.climate import catalogue
from models.climate.catalogue import Indicator
from models.climate.disclosure.coarsening import band, fewest
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.disclosure.release import PublishedCell, Release, published_figure
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window
from services.alerts import answers, coverage
from services.alerts.folding import Detail
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.governance import Policy

_Source = Callable[[Connection, Window, frozenset[str], int], list[Ratio]]
MADE_OF: Final[Mapping[Detail, tuple[_Source, tuple[Indicator, ...]]]] = {
    Detail.LANGUAGES: (coverage.ratios, catalogue.COVERAGE),
    Detail.ANSWERS: (answers.ratios, catalogue.ANSWERS),
}
"""What is made of each detail of a day, and which indicators that are."""


def needed(policy: Policy) -> set[Detail]:
    """Details that *policy* publishes something of; none with noise, for these are exact."""
    if policy.differential_privacy is not PrivacyMode.OFF:
        return set()
    return {
        detail
        for detail, (_, listed) in MADE_OF.items()
        if any(one.id in policy.indicators for one in listed)
    }


def release(
    connection: Connection, window: Window, tree: UnitTree, released: Release, policy: Policy
) -> list[PublishedCell]:
    """Keep what may be known of the messages of *window*; the figures that the policy lists.

    Where nothing of the whole organisation is released, nothing is.
    """
    whole = next((found for found in released.statistics if found.unit == tree.root), None)
    if window.cadence is not Cadence.WEEK or whole is None:
        return []
    rows = [
        {
            "indicator": ratio.indicator,
            "unit": tree.root,
            "cadence": window.cadence.value,
            "window_start": window.start,
            "part": ratio.part,
            "whole": ratio.whole,
            "band": band(whole.contributors),
        }
        for detail in sorted(needed(policy))
        for ratio in MADE_OF[detail][0](connection, window, frozenset(tree.leaves), policy.k)
        if ratio.indicator in policy.indicators
    ]
    if rows:
        connection.execute(RELEASED_RATIO.insert(), rows)
    return made_again(connection, window)


def made_again(connection: Connection, window: Window) -> list[PublishedCell]:
    """The figures of what was released of the messages of *window*, in the catalogue's order."""
    ratio = RELEASED_RATIO.c
    found = connection.execute(
        select(RELEASED_RATIO).where(
            ratio.cadence == window.cadence.value, ratio.window_start == window.start
        )
    )
    rows = {row.indicator: row for row in found}
    return [
        published_figure(
            one.id, row.unit, window, Ratio(one.id, row.part, row.whole).share, fewest(row.band)
        )
        for one in (*catalogue.COVERAGE, *catalogue.ANSWERS)
        if (row := rows.get(one.id)) is not None
    ]


def forget(connection: Connection, window: Window) -> None:
    """Remove what people wrote how in *window*, which has closed."""
    coverage.forget(connection, window)
    answers.forget(connection, window)
