"""The unit tree that a window is published over, and where each person in it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, func, select

from models.climate.cell import Cell, cell_of
from models.climate.person_day import PersonDay
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Window, four_weeks_of, quarter_of
from services.alerts.folding import person_day
from services.alerts.tables.pseudonymous import PERSON_DAY
from services.alerts.tables.released import UNIT, WINDOW_SUMMARY


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
    block = four_weeks_of(window.start)
    used = select(WINDOW_SUMMARY.c.quarter).where(
        WINDOW_SUMMARY.c.window_start >= block.start,
        WINDOW_SUMMARY.c.window_start < block.end_exclusive,
    )
    quarter = connection.execute(used.limit(1)).scalar_one_or_none()
    if quarter is None:
        wanted = quarter_of(window.start)
        known = connection.execute(select(UNIT.c.quarter).distinct()).scalars().all()
        if not known:
            raise NoUnits
        quarter = min(known, key=lambda q: (abs(_index(q) - _index(wanted)), q))
    rows = select(UNIT.c.id, UNIT.c.parent, UNIT.c.eligible).where(UNIT.c.quarter == quarter)
    units = [
        Unit(id=name, parent=parent, eligible=eligible)
        for name, parent, eligible in connection.execute(rows.order_by(UNIT.c.place))
    ]
    return quarter, UnitTree(units)


def homes(
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
    leaf_of: dict[tuple[int, str], str] = {}
    for number, pid, leaf, _ in connection.execute(found):
        leaf_of.setdefault((number, pid), leaf)
    return leaf_of


def knows_hours(connection: Connection, window: Window) -> bool:
    """Whether every sum of *window* says how much of it was written outside working hours."""
    day = PERSON_DAY.c.local_day
    unknown = select(PERSON_DAY.c.block).where(
        day >= window.start, day < window.end_exclusive, PERSON_DAY.c.after_hours.is_(None)
    )
    return connection.execute(unknown.limit(1)).first() is None


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
    """Everybody who wrote in *window* from a leaf of *tree*."""
    leaf_of = homes(connection, window, frozenset(tree.leaves))
    here = select(PERSON_DAY).where(
        PERSON_DAY.c.local_day >= window.start, PERSON_DAY.c.local_day < window.end_exclusive
    )
    days: defaultdict[tuple[int, str], dict[date, PersonDay]] = defaultdict(dict)
    for row in connection.execute(here):
        theirs, written = days[row.block, row.pid], person_day(row)
        elsewhere = theirs.get(row.local_day)  # a day on which they moved
        theirs[row.local_day] = elsewhere + written if elsewhere else written
    by_leaf: defaultdict[str, list[Mapping[date, PersonDay]]] = defaultdict(list)
    for person, theirs in sorted(days.items()):
        if person in leaf_of:  # else their leaf is no part of this tree
            by_leaf[leaf_of[person]].append(theirs)
    return People(tree, by_leaf)
