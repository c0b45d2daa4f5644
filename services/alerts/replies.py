"""A week of replies between units: what may be known of it is kept, and figures are made of that.

The level is the policy's, and one alone: the rules of ``disclose`` are proven for one level.  It is
the first below the whole organisation unless the policy says another: there everybody is in exactly
one unit, while below it somebody may work directly for a unit that has no further parts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, select

from models.climate import catalogue
from models.climate.disclosure.coarsening import band, fewest
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.disclosure.receipt import canonical
from models.climate.disclosure.release import PublishedCell, Release, published_figure
from models.climate.networks.figures import figures
from models.climate.networks.matrix import REPLY_BOUND, ReplyMatrix, ShownMatrix, disclose
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window
from services.alerts.details import within
from services.alerts.ledger.units import tree_in
from services.alerts.organisation import homes
from services.alerts.tables.pseudonymous import REPLY_DAY
from services.alerts.tables.released import RELEASED_REPLIES
from services.contracts.governance import Policy


def are_published(policy: Policy) -> bool:
    """Whether *policy* lists any figure that is made of replies, and asks for no noise.

    What is told of replies is exact, and exact figures would undo the noise beside them.
    """
    return policy.differential_privacy is PrivacyMode.OFF and any(
        one.id in policy.indicators for one in catalogue.NETWORK
    )


def release(
    connection: Connection, window: Window, tree: UnitTree, released: Release, policy: Policy
) -> list[PublishedCell]:
    """Keep what may be known of the replies of *window*; the figures that the policy lists.

    A unit of which nothing else is released in *window* counts as one without contributors: that
    its replies are told would say why the rest is not.  Fewer contributors withhold more, never
    less, so the rules of ``disclose`` hold.
    """
    if window.cadence is not Cadence.WEEK or not are_published(policy):
        return []
    contributors = {found.unit: found.contributors for found in released.statistics}
    matrix = matrix_of(connection, window, tree, policy.reply_level, contributors)
    rows = list(_rows(disclose(matrix, tree, k=policy.k), window))
    if not rows:
        return []
    connection.execute(RELEASED_REPLIES.insert(), rows)
    made = _made(shown_of(connection, window), window, tree)
    return [figure for figure in made if figure.indicator in policy.indicators]


def made_again(connection: Connection, window: Window, quarter: str) -> list[PublishedCell]:
    """Every figure of what was released of the replies of *window*, whatever the policy listed.

    Raises:
        NoUnits: something was released, and the tree of *quarter* is not there.
        KeyError: that tree lacks a unit of which it was released.
    """
    shown = shown_of(connection, window)
    return list(_made(shown, window, tree_in(connection, quarter))) if shown.units else []


def matrix_of(
    connection: Connection,
    window: Window,
    tree: UnitTree,
    level: int,
    contributors: Mapping[str, int],
) -> ReplyMatrix:
    """The replies of *window* between the units of *level*, each person bounded.

    People whose leaf lies above the level are in no row and no column.

    Args:
        connection: Where.
        window: A week.
        tree: The organisation in that week.
        level: 1 for the units below the whole organisation.
        contributors: By unit, people with enough messages; none where it has no entry.
    """
    unit_of = _units_of_leaves(tree, level)
    units = tuple(sorted({*unit_of.values()}))
    leaf_of = homes(connection, window, frozenset(tree.leaves))
    answered: Counter[tuple[tuple[int, str], str]] = Counter()
    for block, pid, other_leaf, replies in connection.execute(_of_people(window)):
        if other_leaf in unit_of and leaf_of.get((block, pid)) in unit_of:
            answered[(block, pid), unit_of[other_leaf]] += int(replies)
    number = {unit: place for place, unit in enumerate(units)}
    sums = np.zeros((len(units), len(units)), dtype=np.int64)
    senders = np.zeros_like(sums)
    for (person, unit), replies in answered.items():
        cell = number[unit_of[leaf_of[person]]], number[unit]
        sums[cell] += min(replies, REPLY_BOUND)
        senders[cell] += 1
    people = np.array([contributors.get(unit, 0) for unit in units], dtype=np.int64)
    return ReplyMatrix(units, sums, senders, people)


def shown_of(connection: Connection, window: Window) -> ShownMatrix:
    """What was released of the replies of *window*; contributors are the fewest of their band."""
    columns = RELEASED_REPLIES.c
    rows = connection.execute(
        select(columns.unit, columns.band, columns.rest, columns.replies).where(
            columns.cadence == window.cadence.value, columns.window_start == window.start
        )
    ).all()
    rows = sorted(rows, key=lambda row: row.unit)  # each database sorts text its own way
    units = tuple(row.unit for row in rows)
    told = [json.loads(row.replies) for row in rows]
    return ShownMatrix(
        units=units,
        replies=_matrix([[row.get(unit, 0) for unit in units] for row in told]),
        shown=_matrix([[unit in row for unit in units] for row in told]).astype(np.bool_),
        rest=np.array([row.rest for row in rows], dtype=np.int64),
        contributors=np.array([fewest(row.band) for row in rows], dtype=np.int64),
    )


def _made(shown: ShownMatrix, window: Window, tree: UnitTree) -> Iterator[PublishedCell]:
    for figure in figures(shown, tree):
        yield published_figure(
            figure.indicator.id, figure.unit, window, figure.value, figure.contributors
        )


def _of_people(window: Window) -> Select[Any]:
    """How often each person answered each leaf in *window*."""
    whom = REPLY_DAY.c.block, REPLY_DAY.c.pid, REPLY_DAY.c.other_leaf
    here = within(REPLY_DAY, window)
    return select(*whom, func.sum(REPLY_DAY.c.replies)).where(here).group_by(*whom)


def _units_of_leaves(tree: UnitTree, level: int) -> dict[str, str]:
    """The unit of *level* that holds each leaf; leaves above it are left out."""
    found: dict[str, str] = {}
    for unit in tree.top_down():
        parent = tree.parent(unit)
        if tree.level(unit) == level:
            found[unit] = unit
        elif parent in found:
            found[unit] = found[parent]
    return {leaf: found[leaf] for leaf in tree.leaves if leaf in found}


def _matrix(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(rows))


def _rows(shown: ShownMatrix, window: Window) -> Iterator[dict[str, object]]:
    for row, unit in enumerate(shown.units):
        told = {
            other: int(shown.replies[row, column])
            for column, other in enumerate(shown.units)
            if shown.shown[row, column]
        }
        yield {
            "unit": unit,
            "cadence": window.cadence.value,
            "window_start": window.start,
            "band": band(int(shown.contributors[row])),
            "rest": int(shown.rest[row]),
            "replies": canonical(told).decode("ascii"),
        }
