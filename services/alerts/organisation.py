"""The unit tree that a window is published over, and where each person in it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, func, select

from models.climate.cell import Cell, cell_of
from models.climate.disclosure.cadence_plan import Quarter, first_quarter, next_quarter
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.person_day import PersonDay
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, Window, four_weeks_of, quarter_of, week_of, window_of
from services.alerts.database import STATEMENT_ROWS
from services.alerts.folding import person_day
from services.alerts.tables.pseudonymous import PERSON_DAY
from services.alerts.tables.released import CADENCE, RELEASED_STATISTIC, UNIT, WINDOW_SUMMARY


class NoUnits(LookupError):
    """No gateway has said yet what the organisation looks like."""


def _index(quarter: str) -> int:
    return int(quarter[:4]) * 4 + int(quarter[5])


def tree_of(connection: Connection, window: Window) -> tuple[str, UnitTree]:
    """The quarter and tree for *window*: its own quarter's, else the nearest that is known.

    What an earlier window of the same four weeks was published over stays in use until these
    are over: sums over two trees could be subtracted from each other.

    Raises:
        NoUnits: there is none.
    """
    quarter = _quarter_for(connection, window)
    return quarter, tree_in(connection, quarter)


def _quarter_for(connection: Connection, window: Window) -> str:
    block = four_weeks_of(window.start)
    used = select(WINDOW_SUMMARY.c.quarter).where(
        WINDOW_SUMMARY.c.window_start >= block.start,
        WINDOW_SUMMARY.c.window_start < block.end_exclusive,
    )
    quarter: str | None = connection.execute(used.limit(1)).scalar_one_or_none()
    if quarter is not None:
        return quarter
    wanted = quarter_of(window.start)
    known = connection.execute(select(UNIT.c.quarter).distinct()).scalars().all()
    if not known:
        raise NoUnits
    nearest: str = min(known, key=lambda q: (abs(_index(q) - _index(wanted)), q))
    return nearest


def tree_in(connection: Connection, quarter: str) -> UnitTree:
    """The tree of *quarter*, which is known."""
    rows = select(UNIT.c.id, UNIT.c.parent, UNIT.c.eligible).where(UNIT.c.quarter == quarter)
    return UnitTree(
        Unit(id=name, parent=parent, eligible=eligible)
        for name, parent, eligible in connection.execute(rows.order_by(UNIT.c.place))
    )


def plan_of(connection: Connection, quarter: str, tree: UnitTree, k: int) -> dict[str, Cadence]:
    """The cadence of every unit of the quarter's *tree*: as kept, else as it follows from before.

    Args:
        connection: The database.
        quarter: The quarter of the tree.
        tree: The organisation.
        k: Fewest contributors of anything that can be known.
    """
    if kept := _kept(connection, quarter):
        return kept
    before = select(func.max(CADENCE.c.quarter)).where(CADENCE.c.quarter < quarter)
    last = connection.execute(before).scalar_one_or_none()
    if last is None:
        return first_quarter(tree)
    return next_quarter(tree, _released_in(connection, last), k)


def keep_plan(connection: Connection, quarter: str, plan: Mapping[str, Cadence]) -> None:
    """Keep the plan of a quarter, once: what it was published by stays."""
    if _kept(connection, quarter):
        return
    rows = [
        {"quarter": quarter, "unit": unit, "cadence": cadence.value}
        for unit, cadence in plan.items()
    ]
    for start in range(0, len(rows), STATEMENT_ROWS):
        connection.execute(CADENCE.insert(), rows[start : start + STATEMENT_ROWS])


def has_days(connection: Connection, day: date, k: int) -> bool:
    """Whether any unit is published by the day in the block of *day*.

    Asked every second, so the tree is read only where nothing is kept of its quarter yet.
    """
    if connection.execute(select(CADENCE.c.quarter).limit(1)).first() is None:
        return False  # no first quarter has
    try:
        quarter = _quarter_for(connection, four_weeks_of(day))
    except NoUnits:
        return False
    kept = select(CADENCE.c.cadence).where(CADENCE.c.quarter == quarter).distinct()
    cadences = set(connection.execute(kept).scalars())
    if not cadences:
        cadences = {*plan_of(connection, quarter, tree_in(connection, quarter), k).values()}
    return Cadence.DAY in cadences


def _kept(connection: Connection, quarter: str) -> dict[str, Cadence]:
    rows = select(CADENCE.c.unit, CADENCE.c.cadence).where(CADENCE.c.quarter == quarter)
    return {unit: Cadence(cadence) for unit, cadence in connection.execute(rows)}


def _released_in(connection: Connection, quarter: str) -> Quarter:
    closed = select(WINDOW_SUMMARY.c.cadence, WINDOW_SUMMARY.c.window_start).where(
        WINDOW_SUMMARY.c.quarter == quarter
    )
    windows = [window_of(Cadence(cadence), start) for cadence, start in connection.execute(closed)]
    return Quarter(
        _kept(connection, quarter),
        windows,
        [found for window in windows for found in released(connection, window).values()],
    )


def released(connection: Connection, window: Window) -> dict[str, ReleasedStatistic]:
    """What was released of *window*, by unit."""
    sums = RELEASED_STATISTIC.c
    found = select(RELEASED_STATISTIC).where(
        sums.cadence == window.cadence.value, sums.window_start == window.start
    )
    return {
        row.unit: ReleasedStatistic(
            unit=row.unit,
            window=window,
            weight=row.weight,
            weighted_micro=row.weighted_micro,
            contributors=row.contributors,
            n_eff=row.n_eff,
        )
        for row in connection.execute(found)
    }


def _homes(
    connection: Connection, window: Window, leaves: frozenset[str]
) -> dict[tuple[int, str], str]:
    """One leaf a person: the first of this tree that they wrote from in their block.

    The first, because it is the same for a week and for the four weeks that hold it: otherwise
    somebody who moved could be found by subtracting one from the other.
    """
    here = (PERSON_DAY.c.local_day >= window.start) & (
        PERSON_DAY.c.local_day < window.end_exclusive
    )
    person = PERSON_DAY.c.block, PERSON_DAY.c.pid
    blocks = select(PERSON_DAY.c.block).where(here).distinct()
    first = func.min(PERSON_DAY.c.local_day).label("first")
    found = (
        select(*person, PERSON_DAY.c.leaf, first)
        .where(and_(PERSON_DAY.c.block.in_(blocks), PERSON_DAY.c.leaf.in_(leaves)))
        .group_by(*person, PERSON_DAY.c.leaf)
        .order_by(first, PERSON_DAY.c.leaf)
    )
    homes: dict[tuple[int, str], str] = {}
    for number, pid, leaf, _ in connection.execute(found):
        homes.setdefault((number, pid), leaf)
    return homes


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who wrote in one window, each once, in the leaf that is theirs.

    Attributes:
        tree: The organisation.
        days: By leaf, and for each person of it, what they wrote by local day.
    """

    tree: UnitTree
    days: Mapping[str, Sequence[Mapping[date, PersonDay]]]

    def cells(self, window: Window) -> dict[str, Cell]:
        """The cell of every unit in *window*, which may be a part of the one that was read."""
        leaves: dict[str, Cell] = {}
        for leaf, people in self.days.items():
            cell = Cell()
            for theirs in people:
                here = cell_of(theirs, window)
                if not here.is_empty:
                    cell += here
            leaves[leaf] = cell
        return self.tree.roll_up(leaves)


def people(connection: Connection, window: Window, tree: UnitTree) -> People:
    """Everybody who wrote in *window* from a leaf of *tree*, and what of its week came before."""
    since = min(window.start, week_of(window.start).start)
    homes = _homes(connection, window, frozenset(tree.leaves))
    here = select(PERSON_DAY).where(
        PERSON_DAY.c.local_day >= since, PERSON_DAY.c.local_day < window.end_exclusive
    )
    days: defaultdict[tuple[int, str], dict[date, PersonDay]] = defaultdict(dict)
    for row in connection.execute(here):
        theirs, written = days[row.block, row.pid], person_day(row)
        elsewhere = theirs.get(row.local_day)  # a day on which they moved
        theirs[row.local_day] = elsewhere + written if elsewhere else written
    by_leaf: defaultdict[str, list[Mapping[date, PersonDay]]] = defaultdict(list)
    for person, theirs in sorted(days.items()):
        if person in homes:  # else their leaf is no part of this tree
            by_leaf[homes[person]].append(theirs)
    return People(tree, by_leaf)
