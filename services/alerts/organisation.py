"""The unit tree that a window is published over, and where each person in it counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, select

from models.climate.cell import Cell, cell_of, weights_of_days
from models.climate.disclosure.noise import BoundedSums, bounded
from models.climate.person_day import PersonDay
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window, four_weeks_of, quarter_of, week_of
from models.language.labels import Language
from services.alerts.database import STATEMENT_ROWS
from services.alerts.folding import counting, person_day
from services.alerts.ledger.units import NoUnits, tree_in
from services.alerts.tables.pseudonymous import OPEN_SCORE, PERSON_DAY
from services.alerts.tables.released import UNIT, WINDOW_SUMMARY


def _index(quarter: str) -> int:
    return int(quarter[:4]) * 4 + int(quarter[5])


def tree_of(connection: Connection, window: Window) -> tuple[str, UnitTree]:
    """The quarter and tree for *window*: its own quarter's, else the nearest that is known.

    What an earlier window of the same four weeks was published over stays in use until these
    are over: sums over two trees could be subtracted from each other.

    Raises:
        NoUnits: there is none.
    """
    quarter = quarter_for(connection, window)
    return quarter, tree_in(connection, quarter)


def quarter_for(connection: Connection, window: Window) -> str:
    """The quarter whose tree *window* is published over.

    Raises:
        NoUnits: no tree is known.
    """
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
    blocks = select(PERSON_DAY.c.block).where(here).distinct()
    return _first_leaves(connection, PERSON_DAY, PERSON_DAY.c.block.in_(blocks), leaves)


def homes_so_far(
    connection: Connection, number: int, frozen: Collection[Language], leaves: frozenset[str]
) -> dict[tuple[int, str], str]:
    """The same while days of the block of that *number* are open: the home that each will have."""
    folded = _first_leaves(connection, PERSON_DAY, PERSON_DAY.c.block == number, leaves)
    counts = and_(OPEN_SCORE.c.block == number, counting(frozen))
    return _first_leaves(connection, OPEN_SCORE, counts, leaves) | folded


def _first_leaves(
    connection: Connection, table: Table, which: ColumnElement[bool], leaves: frozenset[str]
) -> dict[tuple[int, str], str]:
    person = table.c.block, table.c.pid
    first = func.min(table.c.local_day).label("first")
    found = (
        select(*person, table.c.leaf, first)
        .where(which)
        .group_by(*person, table.c.leaf)
        .order_by(first, table.c.leaf)
    )
    leaf_of: dict[tuple[int, str], str] = {}
    for number, pid, leaf, _ in connection.execute(found):
        if leaf in leaves:  # as an IN they would be more variables than a statement can have
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

    Their days stay in the database: of 100,000 people they would fill the memory.  Each reading
    passes over the people one by one, so it belongs into the transaction that they were found in.

    Attributes:
        tree: The organisation.
        homes: The leaf of each person, by block and pseudonym.
        connection: Where their days are.
    """

    tree: UnitTree
    homes: Mapping[tuple[int, str], str]
    connection: Connection

    def cells(self, window: Window) -> dict[str, Cell]:
        """The cell of every unit in *window*, which may be a part of the one that was read."""
        leaves: defaultdict[str, Cell] = defaultdict(Cell)
        for leaf, theirs in self._one_by_one(window):
            here = cell_of(theirs, window)
            if not here.is_empty:
                leaves[leaf] += here
        return self.tree.roll_up(leaves)

    def bounded_sums(self, window: Window, centre_micro: int) -> dict[str, BoundedSums]:
        """What noise is added to, of every unit: each person's part bounded around the centre."""
        leaves: defaultdict[str, BoundedSums] = defaultdict(BoundedSums)
        for leaf, theirs in self._one_by_one(window):
            leaves[leaf] += bounded(cell_of(theirs, window), centre_micro)
        sums = dict.fromkeys(self.tree.top_down(), BoundedSums())
        for leaf, here in leaves.items():
            unit: str | None = leaf
            while unit is not None:
                sums[unit] += here
                unit = self.tree.parent(unit)
        return sums

    def weights(self, window: Window) -> Counter[int]:
        """How many contributors to *window* have each weight."""
        cells = (cell_of(theirs, window) for _, theirs in self._one_by_one(window))
        return Counter(cell.weight for cell in cells if cell.contributors)

    def weeks(self, four: Window) -> Iterator[frozenset[int]]:
        """Of each person, to which weeks of *four* they contribute, counted from 0."""
        weeks = four.split(Cadence.WEEK)
        for _, theirs in self._one_by_one(four):
            yield frozenset(
                number for number, week in enumerate(weeks) if cell_of(theirs, week).contributors
            )

    def in_hours(self, window: Window) -> Iterator[tuple[str, dict[date, int]]]:
        """The leaf of each person, and in which published hours they wrote on days that count.

        As bits (``PERSON_DAY``); a day without a published hour is not among them.
        """
        for leaf, rows in self._rows(window):
            bits: defaultdict[date, int] = defaultdict(int)
            for row in rows:
                bits[row.local_day] |= row.in_hours or 0
            weights = weights_of_days(_by_day(rows), window)
            yield leaf, {day: found for day, found in bits.items() if found and weights.get(day)}

    def _one_by_one(self, window: Window) -> Iterator[tuple[str, dict[date, PersonDay]]]:
        """The leaf of each person, and their days: of *window* and before it in its week."""
        for leaf, rows in self._rows(window):
            yield leaf, _by_day(rows)

    def _rows(self, window: Window) -> Iterator[tuple[str, list[Row[Any]]]]:
        for person, rows in groupby(_written(self.connection, window), attrgetter("block", "pid")):
            if person in self.homes:  # else their leaf is no part of this tree
                yield self.homes[person], list(rows)


def _by_day(rows: Iterable[Row[Any]]) -> dict[date, PersonDay]:
    """The days of one person."""
    theirs: dict[date, PersonDay] = {}
    for row in rows:
        written, elsewhere = person_day(row), theirs.get(row.local_day)
        # Two leaves on one day: they moved.
        theirs[row.local_day] = elsewhere + written if elsewhere else written
    return theirs


def _written(connection: Connection, window: Window) -> Iterator[Row[Any]]:
    """The days of *window* and those before it in its week, all of one person together."""
    day = PERSON_DAY.c.local_day
    days = (
        select(PERSON_DAY)
        .where(day >= week_of(window.start).start, day < window.end_exclusive)
        .order_by(PERSON_DAY.c.block, PERSON_DAY.c.pid)
    )
    yield from connection.execute(days, execution_options={"yield_per": STATEMENT_ROWS})


def people(connection: Connection, window: Window, tree: UnitTree) -> People:
    """Everybody who wrote in *window* from a leaf of *tree*."""
    return People(tree, homes(connection, window, frozenset(tree.leaves)), connection)
