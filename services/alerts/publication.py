"""One window through the one door, and everything that comes out of it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Final

from sqlalchemy import Connection, select

from models.climate.catalogue import AFTER_HOURS
from models.climate.disclosure import receipt as receipts
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.disclosure.privacy_budget import cadences as noisy_cadences
from models.climate.disclosure.release import ClosedWindow, ReleasedStatistic, release
from models.climate.disclosure.released_statistic import statistic_of
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window, four_weeks_of
from models.language.registry import weights_of
from services.alerts import (
    adoption,
    budget,
    cadences,
    gateways,
    message_shares,
    missed,
    overlaps,
    ratios,
    replies,
)
from services.alerts.ledger import Terms, hours, record, statistics
from services.alerts.organisation import People, knows_hours, people, tree_of
from services.alerts.tables.operations import ENDPOINT
from services.alerts.tables.pseudonymous import FOLDED_DAY
from services.alerts.tables.released import RECEIPT
from services.contracts.governance import Policy, fingerprint

VERSION: Final = version("barograph")
ALWAYS_READ_BY: Final = ("page", "interface", "metrics")
"""Exits that read whatever is published; webhooks are named one by one."""


@dataclass(frozen=True, slots=True)
class Published:
    """Of how many units a window's cells were published, and of how many not.

    Attributes:
        published: So many were.
        withheld: So many were due and were not.
        over_budget: Nothing was, because the block could not pay for it.
    """

    published: int
    withheld: int
    over_budget: bool


def publish(connection: Connection, window: Window, policy: Policy, now: datetime) -> Published:
    """Decide *window* and write what may be seen, its receipt and its ledger entry.

    The caller's transaction decides: all of it is written, or nothing.

    Raises:
        NoUnits: the organisation is not known yet.
    """
    quarter, tree = tree_of(connection, window)
    everybody = people(connection, window, tree)
    rules = policy.model_copy(update={"k": _largest_k(connection, window, policy.k)})
    account = budget.account(connection, window, tree, policy.differential_privacy)
    began = account.began if account else PrivacyMode.OFF
    noisy = began is not PrivacyMode.OFF
    plan = noisy_cadences(tree, began) if noisy else _kept_plan(connection, quarter, tree, rules.k)
    released = release(
        tree=tree,
        plan=plan,
        window=window,
        cells=everybody.cells(window),
        k=rules.k,
        indicators=_known(connection, window, policy),
        finer=_finer(connection, window, everybody, plan, noisy=noisy),
        noise=budget.noise_of(connection, account, tree, everybody) if account else None,
        beside=overlaps.of_window(connection, window, everybody),
    )
    if account is None:  # exact figures would undo the noise of a block
        message_shares.keep(connection, window, tree, released, rules)
        adoption.keep(connection, window, everybody, released, rules)
        figures = [
            *replies.release(connection, window, tree, released, rules),
            *ratios.made_again(connection, window),
        ]
        released = replace(released, published=(*released.published, *figures))
    else:
        budget.enter(connection, account, now)
    models = _models(connection, window)
    terms = Terms(
        policy=fingerprint(policy),
        k=rules.k,
        quarter=quarter,
        models=models,
        weights={name: weights_of(name) for name in models},
        code=VERSION,
        recipients=(*ALWAYS_READ_BY, *_webhooks(connection)),
        lost=missed.lost(connection, window),
        gateways_left_out=gateways.left_out(connection, now),
        budget_spent=account.cost if account else None,
        budget_left=account.left if account else None,
    )
    record(connection, window, released, terms, now)
    refused = account is not None and account.refused
    return Published(len(released.statistics), released.withheld, refused)


def _known(connection: Connection, window: Window, policy: Policy) -> tuple[str, ...]:
    """Indicators that the policy lists, without one that some older sums know nothing of."""
    if knows_hours(connection, window):
        return policy.indicators
    return tuple(name for name in policy.indicators if name != AFTER_HOURS.id)


def _largest_k(connection: Connection, window: Window, asked: int) -> int:
    """The largest k of the block so far: sums of *window* can be subtracted from those before.

    Published hours of the pulse are among them.
    """
    whole = four_weeks_of(window.start)
    bodies = select(RECEIPT.c.body).where(
        RECEIPT.c.window_start >= whole.start, RECEIPT.c.window_start < whole.end_exclusive
    )
    found = connection.execute(bodies).scalars()
    of_windows = (receipts.read(body).k for body in found)
    return max(asked, hours.largest_k(connection, whole), *of_windows)


def _finer(
    connection: Connection,
    window: Window,
    everybody: People,
    plan: Mapping[str, Cadence],
    *,
    noisy: bool,
) -> list[ClosedWindow]:
    """The days and weeks of *window* that anything may stand in, each with what was published."""
    closed = []
    for cadence in sorted({Cadence.WEEK, *plan.values()}, key=lambda c: -c.days):
        if not cadence.is_finer_than(window.cadence):
            continue
        units = frozenset(unit for unit, planned in plan.items() if planned is cadence)
        for part in window.split(cadence):
            cells, then = everybody.cells(part), _released(connection, part, units)
            # The gate subtracts exact sums.  With noise none were kept, none can be subtracted.
            published = (
                {
                    unit: statistic_of(unit, part, cells[unit], valence=True, shares=())
                    for unit in then
                }
                if noisy
                else then
            )
            closed.append(ClosedWindow(part, cells, published))
    return closed


def _released(
    connection: Connection, window: Window, units: frozenset[str]
) -> dict[str, ReleasedStatistic]:
    """Those of *units* whose valence was published in *window*.

    Shares alone cover no day of their parent, and the week of a unit by the day is what its days
    tell already.
    """
    found = statistics.of_window(connection, window)
    return {
        unit: statistic
        for unit, statistic in found.items()
        if unit in units and statistic.has_valence
    }


def _kept_plan(
    connection: Connection, quarter: str, tree: UnitTree, k: int
) -> Mapping[str, Cadence]:
    plan = cadences.plan_of(connection, quarter, tree, k)
    cadences.keep(connection, quarter, plan)
    return plan


def _models(connection: Connection, window: Window) -> tuple[str, ...]:
    """The language models that scored the days of *window*."""
    days = select(FOLDED_DAY.c.models).where(
        FOLDED_DAY.c.local_day >= window.start, FOLDED_DAY.c.local_day < window.end_exclusive
    )
    return tuple(sorted({name for day in connection.execute(days).scalars() for name in day}))


def _webhooks(connection: Connection) -> list[str]:
    """Endpoints that alerts can go to now, by id."""
    goes = ENDPOINT.c.verified_at.is_not(None) & ENDPOINT.c.disabled_at.is_(None)
    return [
        f"webhook:{name}"
        for name in connection.execute(select(ENDPOINT.c.id).where(goes)).scalars()
    ]
