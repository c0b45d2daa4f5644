"""Whether what a run left behind is what was sent: one check a promise."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select
from standardwebhooks import Webhook

from models.climate.windows import Cadence, Window, window_of
from services.alerts import ledger
from services.alerts.tables.pseudonymous import OPEN_SCORE, PERSON_DAY
from services.alerts.tables.released import (
    LATE,
    LEDGER,
    RECEIPT,
    RELEASED_STATISTIC,
    WINDOW_SUMMARY,
)
from tests.chaos.feeds import PLANTED, ROOT, ClosedWeeks
from tests.fakes.receiver import Seen


@dataclass(frozen=True, slots=True)
class Check:
    """One promise.

    Attributes:
        what: What was counted.
        found: What there is.
        due: What there should be.
    """

    what: str
    found: Any
    due: Any

    @property
    def holds(self) -> bool:
        """Whether they are the same."""
        return bool(self.found == self.due)


def any_run(climate: Connection) -> Iterator[Check]:
    """What holds whether windows closed or not."""
    late = climate.scalar(select(func.coalesce(func.sum(LATE.c["count"]), 0)))
    yield Check("messages that came too late for their window", late, 0)
    yield Check("entries that break the ledger", ledger.verify(climate).broken_at, None)


def open_hours(climate: Connection, events: int) -> Iterator[Check]:
    """Every message has one row in an open window."""
    rows = climate.scalar(select(func.count()).select_from(OPEN_SCORE))
    yield Check("rows in open windows", rows, events)


def closed_weeks(climate: Connection, feed: ClosedWeeks) -> Iterator[Check]:
    """Every message is in the sums of its week and of its four weeks, in its unit and above."""
    due = feed.sent()
    windows = {window for window, _ in due}
    summaries = climate.execute(select(WINDOW_SUMMARY)).all()
    closed = [window_of(Cadence(row.cadence), row.window_start) for row in summaries]
    yield Check("weeks closed", *_of_cadence(closed, windows, Cadence.WEEK))
    yield Check("four weeks closed", *_of_cadence(closed, windows, Cadence.FOUR_WEEKS))
    yield Check("messages set aside unscored", sum(row.lost for row in summaries), 0)
    yield Check("messages left in windows that closed", _left(climate, windows), 0)
    entries = Counter(_entries(climate))
    yield Check("ledger entries for each window", set(entries.values()), {1})
    yield Check("windows in the ledger", len(entries), len(windows))

    sums = climate.execute(select(RELEASED_STATISTIC)).all()
    found = {(window_of(Cadence(row.cadence), row.window_start), row.unit): row for row in sums}
    weeks = [key for key in due if key[0].cadence is Cadence.WEEK]
    yield Check(
        "messages in the closed weeks of the whole",
        sum(found[key].weight for key in weeks if key in found and key[1] == ROOT),
        feed.count,
    )
    yield Check("sums of units and weeks that are shown", len({*weeks} & {*found}), len(weeks))
    wrong = [key for key in due if key in found and found[key].weight != due[key]]
    yield Check("sums that are not what was sent", len(wrong), 0)
    people = {found[key].contributors for key in weeks if key in found and key[1] != ROOT}
    yield Check("contributors of a unit's week", people, {feed.writers})


def _of_cadence(
    closed: Sequence[Window], due: set[Window], cadence: Cadence
) -> tuple[list[str], list[str]]:
    return (
        sorted(window.label for window in closed if window.cadence is cadence),
        sorted(window.label for window in due if window.cadence is cadence),
    )


def _left(climate: Connection, windows: set[Window]) -> int:
    """Rows of open windows, and of persons whose four weeks have closed."""
    days = climate.execute(select(PERSON_DAY.c.local_day).distinct()).scalars()
    folded = [day for day in days for window in windows
              if window.cadence is Cadence.FOUR_WEEKS and window.holds(day)]  # fmt: skip
    return (climate.scalar(select(func.count()).select_from(OPEN_SCORE)) or 0) + len(folded)


def _entries(climate: Connection) -> Iterator[tuple[str, str]]:
    receipts = {row.id: row for row in climate.execute(select(RECEIPT))}
    for row in climate.execute(select(LEDGER).where(LEDGER.c.kind == "window_closed")):
        receipt = receipts[json.loads(row.body)["receipt"]]
        if receipt.cadence != Cadence.DAY.value:  # a week is the sum of its days
            yield receipt.cadence, str(receipt.window_start)


def alerts(taken: Sequence[Seen], secret: str) -> Iterator[Check]:
    """The planted drop was told once, signed, and nothing else was.

    A delivery that was not confirmed comes again under its ``webhook-id``: that is no news.

    Raises:
        WebhookVerificationError: something was not signed with *secret*.
    """
    verifier = Webhook(secret)
    bodies: dict[str, set[bytes]] = {}
    for one in taken:
        verifier.verify(one.body, dict(one.headers))
        bodies.setdefault(one.headers["webhook-id"], set()).add(one.body)
    told = [json.loads(body) for same in bodies.values() for body in same]
    firing = [
        alert["labels"]["unit"]
        for document in told
        if document["type"] == "alert.firing"
        for alert in document["data"]["alerts"]
    ]
    yield Check("units whose alert was told", firing, [PLANTED])
    yield Check("webhooks that said two things", len(told) - len(bodies), 0)
