"""All that a finding is made of: released sums of units of fifty people, and imported figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.outcomes.series import LEAST_PEOPLE
from services.alerts.ledger import statistics
from services.alerts.outcomes import values
from services.alerts.outcomes.figures import Figure, KnownUnit
from services.alerts.tables.outcomes import OUTCOME_VALUE
from services.alerts.tables.released import RELEASED_STATISTIC, UNIT, WINDOW_SUMMARY

Marker = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """One reading of the database.

    Attributes:
        units: By id, in the order of the tree.
        statistics: Released windows by unit, of windows in which it had ``LEAST_PEOPLE``.
        figures: Newest versions by outcome and unit.
    """

    units: Mapping[str, KnownUnit]
    statistics: Mapping[str, Sequence[ReleasedStatistic]]
    figures: Mapping[tuple[str, str], Sequence[Figure]]

    @property
    def whole(self) -> str | None:
        """Id of the whole organisation; None while no tree is known."""
        return next((unit.id for unit in self.units.values() if unit.level == 0), None)


def read(connection: Connection) -> Inputs:
    """Everything, as it stands."""
    figures: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in values.current(connection):
        figures[figure.outcome, figure.unit].append(figure)
    return Inputs(units(connection), _statistics(connection), figures)


def units(connection: Connection) -> dict[str, KnownUnit]:
    """Every unit that there ever was, as the newest tree that has it says; the newest tree first.

    Figures of earlier years may be those of a unit that is no more.
    """
    rows = select(UNIT).order_by(UNIT.c.quarter.desc(), UNIT.c.place)
    found: dict[str, KnownUnit] = {}
    for row in connection.execute(rows):
        found.setdefault(row.id, KnownUnit(row.id, row.level, row.eligible))
    return found


def marker(connection: Connection) -> Marker:
    """Figures that change whenever something that ``read`` reads has changed.

    Windows and values are only ever added; a tree may come again with other sizes.
    """
    counts = [
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (OUTCOME_VALUE, WINDOW_SUMMARY)
    ]
    tree = select(func.count(), func.coalesce(func.sum(UNIT.c.eligible), 0)).select_from(UNIT)
    size, eligible = connection.execute(tree).one()
    return (*counts, size, int(eligible))


def _statistics(connection: Connection) -> dict[str, list[ReleasedStatistic]]:
    sums = RELEASED_STATISTIC.c
    window = and_(
        WINDOW_SUMMARY.c.cadence == sums.cadence,
        WINDOW_SUMMARY.c.window_start == sums.window_start,
    )
    unit = and_(UNIT.c.quarter == WINDOW_SUMMARY.c.quarter, UNIT.c.id == sums.unit)
    found: defaultdict[str, list[ReleasedStatistic]] = defaultdict(list)
    rows = (
        select(RELEASED_STATISTIC)
        .join(WINDOW_SUMMARY, window)
        .join(UNIT, unit)
        .where(UNIT.c.eligible >= LEAST_PEOPLE)
        .where(sums.weight > 0, sums.margin.is_(None))  # no shares alone, and no noise
        .order_by(sums.unit, sums.window_start, sums.cadence)
    )
    for row in connection.execute(rows):
        found[row.unit].append(statistics.of_row(row))
    return dict(found)
