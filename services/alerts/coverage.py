"""A week's messages by language, and those that could not be scored, of the whole organisation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from models.climate import catalogue
from models.climate.coverage import Ratio, of_languages, unscored
from models.climate.disclosure.coarsening import band, fewest
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.disclosure.release import PublishedCell, Release, published_figure
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window
from models.language.labels import Language
from services.alerts import missed
from services.alerts.tables.pseudonymous import LANGUAGE_DAY
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.governance import Policy


def are_published(policy: Policy) -> bool:
    """Whether *policy* lists a figure of coverage, and asks for no noise: these are exact."""
    return policy.differential_privacy is PrivacyMode.OFF and any(
        one.id in policy.indicators for one in catalogue.COVERAGE
    )


def release(
    connection: Connection, window: Window, tree: UnitTree, released: Release, policy: Policy
) -> list[PublishedCell]:
    """Keep what may be known of the coverage of *window*; the figures that the policy lists.

    Where nothing of the whole organisation is released, nothing is.
    """
    whole = next((found for found in released.statistics if found.unit == tree.root), None)
    if window.cadence is not Cadence.WEEK or whole is None or not are_published(policy):
        return []
    people = _people(connection, window, frozenset(tree.leaves))
    scored = sum(one.total() for one in people)
    ratios = [*of_languages(people, policy.k), unscored(missed.lost(connection, window), scored)]
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
        for ratio in _listed(ratios, policy)
    ]
    if rows:
        connection.execute(RELEASED_RATIO.insert(), rows)
    return made_again(connection, window)


def made_again(connection: Connection, window: Window) -> list[PublishedCell]:
    """The figures of what was released of the coverage of *window*, in the catalogue's order."""
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
        for one in catalogue.COVERAGE
        if (row := rows.get(one.id)) is not None
    ]


def forget(connection: Connection, window: Window) -> None:
    """Remove who wrote in which language in *window*, which has closed."""
    connection.execute(delete(LANGUAGE_DAY).where(_here(window)))


def _listed(ratios: Iterable[Ratio | None], policy: Policy) -> list[Ratio]:
    return [one for one in ratios if one is not None and one.indicator in policy.indicators]


def _people(
    connection: Connection, window: Window, leaves: frozenset[str]
) -> list[Counter[Language]]:
    """Messages by language of everybody who wrote in *window* from one of the *leaves*."""
    day = LANGUAGE_DAY.c
    people: defaultdict[tuple[int, str], Counter[Language]] = defaultdict(Counter)
    rows = select(day.block, day.pid, day.leaf, day.language, day.messages).where(_here(window))
    for block, pid, leaf, language, messages in connection.execute(rows):
        if leaf in leaves:
            people[block, pid][Language(language)] += messages
    return list(people.values())


def _here(window: Window) -> ColumnElement[bool]:
    day = LANGUAGE_DAY.c.local_day
    return and_(day >= window.start, day < window.end_exclusive)
