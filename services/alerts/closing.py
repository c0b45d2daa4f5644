"""Closes windows: sums of people become cells, cells become what may be published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, delete, select, update

from models.climate.catalogue import PULSE
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.watermark import GatewayProgress, passed
from models.climate.windows import (
    LATENESS,
    Cadence,
    Window,
    block,
    four_weeks_of,
    week_of,
    window_of,
)
from services.alerts import (
    budget,
    cadences,
    channels,
    database,
    details,
    folding,
    gateways,
    message_shares,
    publication,
    pulse,
    replies,
)
from services.alerts.publication import Published
from services.alerts.tables.pseudonymous import (
    CLOSER,
    FOLDED_DAY,
    MISSED,
    PERSON_DAY,
    WITHDRAWN,
)
from services.alerts.tables.released import WINDOW_SUMMARY
from services.contracts.failures import Unavailable
from services.contracts.governance import Policy
from services.telemetry import logs
from services.telemetry.metrics import alerts as metrics

LEASE: Final = timedelta(seconds=30)
RETRY: Final = timedelta(seconds=10)


def is_due(window: Window, known: tuple[GatewayProgress, ...], now: datetime) -> bool:
    """Whether every gateway has passed *window* and what may still be on its way to it."""
    return passed(window.ends + LATENESS[window.cadence], known, now)


def folds(
    connection: Connection,
    day: date,
    known: tuple[GatewayProgress, ...],
    now: datetime,
    policy: Policy,
) -> bool:
    """Whether messages of *day* may become sums.

    A day waits as long as the weeks do; but where days are published it folds as it closes, so
    that what comes later is late for its day, week and four weeks alike.  A week that still took
    it, minus its days, would be that one message.
    """
    ends = window_of(Cadence.DAY, day).ends
    if passed(ends + LATENESS[Cadence.WEEK], known, now):
        return True
    closes = passed(ends + LATENESS[Cadence.DAY], known, now)
    return closes and _has_days(connection, day, policy)


def _has_days(connection: Connection, day: date, policy: Policy) -> bool:
    """Whether any unit is published by the day in the block of *day*; none where it had noise."""
    if not cadences.has_days(connection, day, policy):
        return False
    mode = budget.mode_of(connection, four_weeks_of(day), policy.differential_privacy)
    return mode is PrivacyMode.OFF


class PolicyExpired(Exception):
    """Nothing more may be published until somebody signs a policy again."""


@dataclass(slots=True)
class Closer:
    """One process that folds and closes; of several, only the holder of the lease does.

    Attributes:
        engine: The database.
        policy: What may be published, and from how many people.
    """

    engine: Engine
    policy: Policy
    _name: str = field(default_factory=lambda: str(uuid4()))
    _failed: dict[Window, datetime] = field(default_factory=dict)
    _pulse_waits: datetime = pulse.FIRST

    def close_due(self, now: datetime) -> list[Window]:
        """Decide every hour, fold every day and close every window that all gateways have passed.

        A window that cannot be published stays open, whatever the cause, and is tried again.

        Raises:
            Unavailable: the database does not answer.
        """
        with database.reading(self.engine).begin() as connection:
            known = gateways.known(connection)
            beats = pulse.is_due(connection, known, self.policy, now)
        if beats:  # before days fold: their sums know no hour
            self._pulse(known, now)
        with database.reading(self.engine).begin() as connection:
            oldest = folding.oldest_open(connection)
            ready = oldest is not None and folds(connection, oldest, known, now, self.policy)
            due = self._due(connection, known, now)
        if ready:
            self._fold(known, now)
            with database.reading(self.engine).begin() as connection:
                due = self._due(connection, known, now)
        return [window for window in due if self._close(window, now)]

    def _due(
        self, connection: Connection, known: tuple[GatewayProgress, ...], now: datetime
    ) -> list[Window]:
        return [w for w in _open_windows(connection, self.policy) if is_due(w, known, now)]

    def _pulse(self, known: tuple[GatewayProgress, ...], now: datetime) -> None:
        """Decide every hour that is due; where one cannot be, none is until the next try."""
        while self._pulse_waits <= now:
            try:
                with database.writing(self.engine) as connection:
                    if not self._holds_lease(connection, now) or not pulse.is_due(
                        connection, known, self.policy, now
                    ):
                        return
                    pulse.step(connection, known, self.policy, now)
            except Unavailable:
                raise
            except Exception as failure:  # noqa: BLE001  fail closed: nothing was published
                self._pulse_waits = now + RETRY
                logs.emit(
                    "publication.refused",
                    level="critical",
                    window=PULSE.id,
                    error_type=type(failure).__qualname__,
                )

    def _fold(self, known: tuple[GatewayProgress, ...], now: datetime) -> None:
        while True:  # one transaction a day: a collector never waits for more than one
            with database.writing(self.engine) as connection:
                if not self._holds_lease(connection, now):
                    return
                day = folding.oldest_open(connection)
                if day is None or not folds(connection, day, known, now, self.policy):
                    return
                folded = folding.fold(
                    connection,
                    day,
                    now,
                    self.policy.frozen_languages,
                    self._details(),
                )
            logs.emit("days.folded", count=folded)

    def _details(self) -> set[folding.Detail]:
        told = {folding.Detail.REPLIES} if replies.are_published(self.policy) else set()
        return told | message_shares.needed(self.policy) | channels.needed(self.policy)

    def _close(self, window: Window, now: datetime) -> bool:
        if self._failed.get(window, now) > now:
            return False
        try:
            with database.writing(self.engine) as connection:
                if not self._holds_lease(connection, now) or not _still_open(
                    connection, window, self.policy
                ):
                    return False
                published = self._publish(connection, window, now)
                if window.cadence is not Cadence.DAY:  # a week may never have opened
                    details.forget(connection, window)
                if window.cadence is Cadence.FOUR_WEEKS:
                    _forget(connection, window)
        except Unavailable:
            raise
        except Exception as failure:  # noqa: BLE001  fail closed: nothing was published
            self._failed[window] = now + RETRY
            metrics.closing("refused")
            logs.emit(
                "publication.refused",
                level="critical",
                window=window.label,
                error_type=type(failure).__qualname__,
            )
            return False
        self._failed.pop(window, None)
        metrics.closing("closed")
        if published.over_budget:
            logs.emit(
                "publication.refused", level="critical", window=window.label, reason="over_budget"
            )
        logs.emit(
            "window.closed",
            window=window.label,
            published=published.published,
            withheld=published.withheld,
        )
        return True

    def _publish(self, connection: Connection, window: Window, now: datetime) -> Published:
        if now.date() > self.policy.expires:
            raise PolicyExpired
        return publication.publish(connection, window, self.policy, now)

    def _holds_lease(self, connection: Connection, now: datetime) -> bool:
        """Take or keep the lease; the row stays locked until the transaction ends."""
        held = select(CLOSER.c.holder, CLOSER.c.lease_until).with_for_update()
        holder, until = connection.execute(held).one()
        if holder != self._name and until > now:
            return False
        connection.execute(update(CLOSER).values(holder=self._name, lease_until=now + LEASE))
        return True


def _open_windows(connection: Connection, policy: Policy) -> list[Window]:
    """Windows that hold a folded day and are not over, finer ones before what holds them.

    A day or a week needs a scored message: a deletion goes to every open block, and opens none
    there.
    """
    days = connection.execute(select(FOLDED_DAY.c.local_day, FOLDED_DAY.c.models)).all()
    blocks = {four_weeks_of(day) for day, _ in days}
    daily = {block for block in blocks if _has_days(connection, block.start, policy)}
    scored = [day for day, models in days if models]
    windows = blocks | {week_of(day) for day in scored}
    windows |= {window_of(Cadence.DAY, day) for day in scored if four_weeks_of(day) in daily}
    closed = {
        (Cadence(cadence), start)
        for cadence, start in connection.execute(
            select(WINDOW_SUMMARY.c.cadence, WINDOW_SUMMARY.c.window_start)
        )
    }
    waiting = [window for window in windows if not _is_over(window, closed)]
    return sorted(waiting, key=lambda w: (w.end_exclusive, w.end_exclusive - w.start))


def _is_over(window: Window, closed: Collection[tuple[Cadence, date]]) -> bool:
    """Whether it has closed, or one that holds it: the gate counted that without this one."""
    return any(
        (cadence, window_of(cadence, window.start).start) in closed
        for cadence in Cadence
        if not cadence.is_finer_than(window.cadence)
    )


def _still_open(connection: Connection, window: Window, policy: Policy) -> bool:
    """Whether *window* may close now: it has not, and all within it have."""
    inside = [
        w
        for w in _open_windows(connection, policy)
        if window.start <= w.start and w.end_exclusive <= window.end_exclusive
    ]
    return inside == [window]


def _forget(connection: Connection, window: Window) -> None:
    """Remove what no window needs any more once four weeks have closed."""
    number = block(window.start)
    connection.execute(delete(PERSON_DAY).where(PERSON_DAY.c.block == number))
    connection.execute(delete(WITHDRAWN).where(WITHDRAWN.c.block == number))
    day = FOLDED_DAY.c.local_day
    connection.execute(delete(FOLDED_DAY).where(day >= window.start, day < window.end_exclusive))
    connection.execute(delete(MISSED).where(MISSED.c.day < window.start))
