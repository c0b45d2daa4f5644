"""What a block has spent of everybody's privacy: read from the ledger, and written there.

An entry is written in the transaction that publishes, so neither a restart nor a second closer can
spend twice; and what counts is the block, so neither can a new policy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from typing import Any

from sqlalchemy import Connection, select

from models.climate.disclosure import noise, privacy_budget
from models.climate.disclosure.noise import Noise
from models.climate.disclosure.privacy_budget import DELTA, EPSILON, Layout, PrivacyMode
from models.climate.disclosure.released_statistic import MICRO
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window, block, four_weeks_of
from services.alerts import ledger
from services.alerts.organisation import People
from services.alerts.tables.released import LEDGER, PUBLISHED_CELL, WINDOW_SUMMARY


@dataclass(slots=True)
class Account:
    """The budget of one window: how noise is paid for, at most once.

    Attributes:
        window: Which.
        began: The laxest mode under which a window of its block has closed.
        mode: What it must keep to.
        layout: What the block was laid out for.
        budget: What all windows of this length may spend in the block: ``rho`` of weeks,
            ``epsilon`` of four weeks.
        spent: What they had spent before.
        cost: What this window spends.
        refused: That it may not.
    """

    window: Window
    began: PrivacyMode
    mode: PrivacyMode
    layout: Layout
    budget: float
    spent: float
    cost: float = 0.0
    refused: bool = False

    @property
    def is_broken(self) -> bool:
        """Whether less noise was added before than must be now: nothing more may leave."""
        return self.mode is not self.began

    @property
    def left(self) -> float:
        """What its windows may still spend in the block, this one paid for."""
        return self.budget - self.spent - self.cost

    @property
    def scale(self) -> int:
        """Scale of the noise; of a window in which no unit is due there is none."""
        cadence = self.window.cadence
        if self.budget == 0:
            return 0
        share = self.budget / self.layout.windows(cadence)
        return noise.scale(cadence, self.layout.levels[cadence], share)

    def __call__(self, exact: Sequence[int]) -> Sequence[int] | None:
        """Numbers with noise, once; None where the block cannot pay for them."""
        if not exact:
            return ()
        if self.is_broken or self.cost > 0:
            self.refused = True
            return None
        from services.alerts import mechanism  # noqa: PLC0415  OpenDP, only where noise is asked for

        cadence = self.window.cadence
        found = mechanism.drawn(
            exact,
            cadence=cadence,
            sensitivity=noise.sensitivity(cadence, self.layout.levels[cadence]),
            scale=self.scale,
            left=self.budget - self.spent,
        )
        if found is None:
            self.refused = True
            return None
        self.cost = found.cost
        return found.noisy


def account(
    connection: Connection, window: Window, tree: UnitTree, asked: PrivacyMode
) -> Account | None:
    """The account that pays for *window*; None where no noise is to be added.

    A block keeps the mode that it began with: a laxer policy waits for the next block, and under a
    stricter one nothing more of this block is released, since what has left cannot be called back.
    """
    entries = _entries(connection, window)
    began = _began(connection, window, entries, asked)
    mode = _strictest(began, entries, asked)
    if mode is PrivacyMode.OFF:
        return None
    laid_out = privacy_budget.layout(tree, mode)
    cadence = window.cadence.value
    return Account(
        window=window,
        began=began,
        mode=mode,
        layout=laid_out,
        budget=_budget(laid_out, window.cadence),
        spent=fsum(entry["cost"] for entry in entries if entry["cadence"] == cadence),
    )


def mode_of(connection: Connection, window: Window, asked: PrivacyMode) -> PrivacyMode:
    """What all windows of the block of *window* must keep to that have not closed."""
    entries = _entries(connection, window)
    return _strictest(_began(connection, window, entries, asked), entries, asked)


def noise_of(connection: Connection, account: Account, tree: UnitTree, people: People) -> Noise:
    """What is needed to add noise to the window of *account*."""
    centre = _centre_micro(connection, tree.root)
    return Noise(
        due=privacy_budget.due(tree, account.mode),
        sums=people.bounded_sums(account.window, centre),
        eligible={unit: tree.eligible(unit) for unit in tree.top_down()},
        centre_micro=centre,
        scale=account.scale,
        mechanism=account,
    )


def enter(connection: Connection, account: Account, now: datetime) -> None:
    """Write what the window has spent into the ledger, in the caller's transaction."""
    window = account.window
    body = {
        "block": block(window.start),
        "budget": account.budget,
        "cadence": window.cadence.value,
        "cost": account.cost,
        "delta": DELTA if window.cadence is Cadence.WEEK else 0.0,
        "epsilon": EPSILON[account.mode],
        "left": account.left,
        "mode": account.mode.value,
        "refused": account.refused,
        "start": window.start.isoformat(),
    }
    ledger.append(connection, "budget", body, now)


def _entries(connection: Connection, window: Window) -> list[Mapping[str, Any]]:
    """The budget entries of the block of *window*, oldest first."""
    found = select(LEDGER.c.body).where(LEDGER.c.kind == "budget").order_by(LEDGER.c.seq)
    bodies = [json.loads(body) for body in connection.execute(found).scalars()]
    return [body for body in bodies if body["block"] == block(window.start)]


def _began(
    connection: Connection,
    window: Window,
    entries: Sequence[Mapping[str, Any]],
    asked: PrivacyMode,
) -> PrivacyMode:
    """The laxest mode under which a window of the block has closed; *asked* if none has."""
    whole = four_weeks_of(window.start)
    start = WINDOW_SUMMARY.c.window_start
    closed = connection.execute(
        select(WINDOW_SUMMARY.c.cadence, start).where(
            start >= whole.start, start < whole.end_exclusive
        )
    )
    paid = {(entry["cadence"], entry["start"]) for entry in entries}
    if any((cadence, first.isoformat()) not in paid for cadence, first in closed):
        return PrivacyMode.OFF
    return PrivacyMode(entries[0]["mode"]) if entries else asked


def _strictest(
    began: PrivacyMode, entries: Sequence[Mapping[str, Any]], asked: PrivacyMode
) -> PrivacyMode:
    """Of all modes under which the block began, went on and is to go on."""
    mode = asked
    for other in (began, *(PrivacyMode(entry["mode"]) for entry in entries)):
        mode = other if other.is_stricter_than(mode) else mode
    return mode


def _budget(laid_out: Layout, cadence: Cadence) -> float:
    if laid_out.levels[cadence] == 0:
        return 0.0
    epsilon = laid_out.epsilon_of(cadence)
    if cadence is not Cadence.WEEK:
        return epsilon
    from services.alerts import mechanism  # noqa: PLC0415  OpenDP, only where noise is asked for

    return mechanism.rho_of(epsilon, DELTA)


def _centre_micro(connection: Connection, root: str) -> int:
    """Last published valence of the whole organisation, in millionths; 0 before the first."""
    cell = PUBLISHED_CELL.c
    newest = (
        select(cell.value)
        .where(cell.unit == root, cell.indicator == "valence")
        .order_by(cell.window_end.desc(), cell.window_start.desc())
        .limit(1)
    )
    value: float | None = connection.execute(newest).scalar_one_or_none()
    return round((value or 0.0) * MICRO)
