"""``scores.v1`` -> ``open_score``: a replay, duplicate, reorder or zombie changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, tuple_

from models.climate.windows import Cadence, Window, four_weeks_of, hour_ends, week_of
from models.language.labels import Driver, Signal
from services.alerts import gateways
from services.alerts.database import STATEMENT_ROWS, insert
from services.alerts.missed import miss
from services.alerts.tables.pseudonymous import (
    AUTHOR_PLACE,
    CLOSER,
    DETAILS,
    FOLDED_DAY,
    OPEN_SCORE,
    PERSON_DAY,
    WITHDRAWN,
)
from services.alerts.tables.released import WINDOW_SUMMARY
from services.contracts.envelope import Kind
from services.contracts.scores import ScoreV1
from services.contracts.settled import Settlement

_KEY: Final = ("block", "digest")
_SIGNALS: Final = {signal: 1 << bit for bit, signal in enumerate(Signal)}
_DRIVERS: Final = {driver: 1 << bit for bit, driver in enumerate(Driver)}
OF_PEOPLE: Final = (OPEN_SCORE, PERSON_DAY, *DETAILS, AUTHOR_PLACE)
"""Everything that is kept of somebody, by block and pseudonym."""
Item = TypeVar("Item")
Seqs = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of a batch, to be said on ``settled.v1`` once the transaction has committed.

    Attributes:
        settled: By settlement and spool, the rows that the spool no longer owes.
    """

    settled: Mapping[Settlement, Seqs] = field(default_factory=dict)

    def count(self, settlement: Settlement) -> int:
        """How many rows were settled so."""
        return sum(len(seqs) for seqs in self.settled.get(settlement, {}).values())


def collect(connection: Connection, scores: Iterable[ScoreV1]) -> Collected:
    """Keep the newest version of each message; the caller's transaction decides.

    A deletion stays as a row without a value, so that a post which arrives after its own
    deletion stays deleted; a withdrawal stays as a mark, for the same reason.
    """
    scores = tuple(scores)
    # Shared with other collectors, exclusive of whoever folds and closes: a row can never
    # arrive between the folding of its day and the removal of that day's rows.
    closer = select(CLOSER.c.pulsed_until).with_for_update(read=True)
    pulsed_until = connection.execute(closer).scalar_one()
    _withdraw(connection, {(s.block, s.pid) for s in scores if s.kind is Kind.WITHDRAW})
    messages = [score for score in scores if score.kind is not Kind.WITHDRAW]
    shut = _shut(connection, {score.local_day for score in messages})
    late = _news(connection, [score for score in messages if score.local_day in shut])
    _keep(connection, [s for s in messages if s.local_day not in shut], pulsed_until)
    # A deletion that comes too late is no message that is missing; and who can delete the messages
    # of others could see by a figure that moves, or does not, who takes part.
    told = [score for score in late if score.kind is not Kind.DELETE]
    for day in sorted({score.local_day for score in told}):
        miss(connection, _seqs(s for s in told if s.local_day == day), day, Settlement.LATE)
    settled = {
        Settlement.COLLECTED: _seqs(
            s for s in scores if s.kind is Kind.WITHDRAW or s.local_day not in shut
        ),
        Settlement.LATE: _seqs(late),
    }
    return Collected({settlement: seqs for settlement, seqs in settled.items() if seqs})


def _chunks(items: Sequence[Item], size: int = STATEMENT_ROWS) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _seqs(scores: Iterable[ScoreV1]) -> Seqs:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for score in scores:
        if score.seq:  # 0: no spool holds it
            found[score.spool_id].add(score.seq)
    return {spool: tuple(sorted(seqs)) for spool, seqs in sorted(found.items())}


def _news(connection: Connection, late: Sequence[ScoreV1]) -> list[ScoreV1]:
    """Those of *late* that nobody has counted yet.

    Of a day that has folded no row tells what was collected; its spool does: what it has settled
    comes again only because a broker or a worker went back.
    """
    settled = gateways.settled_below(connection) if late else {}
    return [score for score in late if not 0 < score.seq < settled.get(score.spool_id, 0)]


def _withdraw(connection: Connection, people: Collection[tuple[int, str]]) -> None:
    for some in _chunks(sorted(people)):
        rows = [{"block": block, "pid": pid} for block, pid in some]
        connection.execute(insert(connection, WITHDRAWN).on_conflict_do_nothing(), rows)
        for table in OF_PEOPLE:
            theirs = tuple_(table.c.block, table.c.pid).in_(some)
            connection.execute(table.delete().where(theirs))


def _shut(connection: Connection, days: Collection[date]) -> set[date]:
    """Those of *days* that take no more messages.

    Days fold in order: a day on which nobody wrote has no row and is over as soon as a later one
    has folded.  A message that came in there after all could make somebody's first unit another
    one than the days that are published already say.
    """
    if not days:
        return set()
    latest = connection.execute(select(func.max(FOLDED_DAY.c.local_day))).scalar_one()
    shut = {day for day in days if latest is not None and day <= latest}
    windows = {window for day in days for window in (week_of(day), four_weeks_of(day))}
    closed = select(WINDOW_SUMMARY.c.cadence, WINDOW_SUMMARY.c.window_start).where(
        WINDOW_SUMMARY.c.window_start.in_({window.start for window in windows})
    )
    over = {(Cadence(cadence), start) for cadence, start in connection.execute(closed)}

    def is_over(window: Window) -> bool:
        return (window.cadence, window.start) in over

    return shut | {day for day in days if is_over(week_of(day)) or is_over(four_weeks_of(day))}


def _withdrawn(connection: Connection, people: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for some in _chunks(sorted(people)):
        theirs = tuple_(WITHDRAWN.c.block, WITHDRAWN.c.pid).in_(some)
        marks = select(WITHDRAWN.c.block, WITHDRAWN.c.pid).where(theirs)
        found.update((block, pid) for block, pid in connection.execute(marks))
    return found


def _row(score: ScoreV1, pulsed_until: datetime | None) -> dict[str, Any]:
    outputs = score.outputs if score.kind is not Kind.DELETE else None
    # What comes too late for its hour is too late for nothing else.
    in_time = (
        outputs is not None
        and score.hour is not None
        and pulsed_until is not None
        and hour_ends(score.local_day, score.hour) > pulsed_until
    )
    return {
        "block": score.block,
        "digest": score.digest,
        "version": score.version,
        "kind": score.kind.value,
        "pid": score.pid,
        "leaf": score.leaf,
        "countable": score.countable,
        "local_day": score.local_day,
        "after_hours": score.after_hours,
        "place": score.place,
        "other_leaf": score.other_leaf if outputs else None,
        "answer_bucket": score.answer_bucket if outputs else None,
        "hour": score.hour if in_time else None,
        "in_pulse": False,
        "language": score.language.value if score.language else None,
        "valence_micro": outputs.valence_micro if outputs else None,
        "signals": sum(_SIGNALS[signal] for signal in set(outputs.signals)) if outputs else 0,
        "drivers": sum(_DRIVERS[driver] for driver in set(outputs.drivers)) if outputs else 0,
        "model": score.model,
        "spool_id": score.spool_id,
        "seq": score.seq,
    }


def _rank(score: ScoreV1) -> tuple[int, bool]:
    """Newer wins; of two that claim the same version, the deletion."""
    return score.version, score.kind is Kind.DELETE


def _keep(connection: Connection, scores: Sequence[ScoreV1], pulsed_until: datetime | None) -> None:
    gone = _withdrawn(connection, {(score.block, score.pid) for score in scores})
    newest: dict[tuple[int, str], ScoreV1] = {}
    for score in scores:
        key = score.block, score.digest
        if (score.block, score.pid) not in gone and (
            key not in newest or _rank(score) > _rank(newest[key])
        ):
            newest[key] = score
    if not newest:
        return
    new = insert(connection, OPEN_SCORE)
    given = new.excluded
    wins = or_(
        OPEN_SCORE.c.version < given.version,
        and_(
            OPEN_SCORE.c.version == given.version,
            OPEN_SCORE.c.kind != Kind.DELETE.value,
            given.kind == Kind.DELETE.value,
        ),
    )
    change: dict[str, ColumnElement[Any]] = {
        c.name: given[c.name] for c in OPEN_SCORE.c if c.name not in _KEY
    }
    # An edit may say what the published hour holds already: it is no message outside that.
    stays = and_(OPEN_SCORE.c.in_pulse, OPEN_SCORE.c.local_day == given.local_day)
    change["hour"] = case((stays, OPEN_SCORE.c.hour), else_=given.hour)
    change["in_pulse"] = stays
    # Rows go beside the statement, which is then compiled once and not for every batch; and in
    # one order everywhere, so that two collectors which upsert the same rows cannot deadlock.
    connection.execute(
        new.on_conflict_do_update(index_elements=list(_KEY), set_=change, where=wins),
        [_row(newest[key], pulsed_until) for key in sorted(newest)],
    )
