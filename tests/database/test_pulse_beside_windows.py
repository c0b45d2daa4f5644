"""From scores to what is stored: the pulse beside days, weeks and four weeks tells nothing more.

Small random organisations are played through the services, hour by hour, and what then stands in
the tables is given to the exact computation.  ``BLOCKS=200 pytest`` plays so many more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from os import environ
from random import Random

import pytest
from sqlalchemy import Engine, select

from models.climate.disclosure import pulse as rule
from models.climate.windows import Cadence, Window, block, quarter_of, window_of
from services.alerts import cadences, database, gateways, ledger
from services.alerts.closing import Closer
from services.alerts.collector import collect
from services.alerts.ledger import statistics
from services.alerts.tables.released import PUBLISHED_PULSE
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.fakes.scores import policy, progress, score, units, withdrawal
from tests.fakes.trees import MONDAY, ORDER, Organisation, random_block
from tests.models.climate.disclosure.row_space import Hours, exposed_groups

TELLING = [(1, False), (10, False), (14, False), (19, False),
           (13, True), (30, True), (34, True), (76, True)]  # fmt: skip
"""Seeds, without and with withdrawals, of which all hours of enough people would tell too much.
Most are safe by chance.  Of the last so do those alone that share leaves with one before."""
MORE = [(seed, gone) for seed in range(int(environ.get("BLOCKS", "0"))) for gone in (False, True)]
K = 5
LEAST = 7
"""Small organisations have no hour of 250 people."""
RULES: Policy = policy(indicators=["valence", "pulse"], k=K, expires=date(2036, 1, 1))
QUARTER = quarter_of(MONDAY)
HOURS = (8, 9, 10)
LATE = 100
"""Added to the hour of a message that comes after it was decided: it is in the sums of its day, and
in none by the hour."""
THURSDAY = 3


def instant(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour, minutes=minute)


def some_hours(organisation: Organisation, rng: Random) -> Hours:
    """When everybody wrote: few of them early, and some of it comes late."""
    early, late = rng.choice((0.0, 0.2, 0.5)), rng.choice((0.0, 0.2))
    return {
        (number, day): [
            (8 if rng.random() < early else rng.choice((9, 9, 10)))
            + (LATE if rng.random() < late else 0)
            for _ in range(written.messages)
        ]
        for number, person in enumerate(organisation.people)
        for day, written in person.days.items()
    }


def with_withdrawals(organisation: Organisation, rng: Random) -> None:
    """Some withdraw between two days of the second half of a week.

    Only then the windows that have closed by the clock are those of ``ORDER`` too.
    """
    places = [
        place
        for place, window in enumerate(ORDER)
        if window.cadence is Cadence.DAY and window.start.weekday() >= THURSDAY
    ]
    few = rng.sample(range(len(organisation.people)), min(3, len(organisation.people)))
    organisation.gone = {number: rng.choice(places) for number in few}


class Played:
    """One organisation that has gone through the services."""

    def __init__(self, engine: Engine, organisation: Organisation, hours: Hours) -> None:
        self.engine, self.organisation = engine, organisation
        self.closer = Closer(engine, RULES)
        self.now = instant(MONDAY, -24)
        tree = organisation.units
        parents = {unit: tree.parent(unit) for unit in tree.top_down()}
        with database.writing(engine) as connection:
            gateways.units(connection, units(parents, dict.fromkeys(parents, 30), QUARTER))
            cadences.keep(connection, QUARTER, organisation.plan)
        self._reach(instant(MONDAY, -2))
        sent = self._messages(hours)
        for offset in range(28):
            day = MONDAY + timedelta(days=offset)
            for hour in HOURS:
                self._send(sent.get((day, hour), []))
                self._reach(instant(day, hour + 1, 15))
                self._send(sent.get((day, hour + LATE), []))
            self._reach(instant(day, 12, 15))  # now the day before has closed
            self._withdraw(day)
        self._reach(instant(MONDAY + timedelta(days=31), 0))

    def _messages(self, hours: Hours) -> Mapping[tuple[date, int], list[ScoreV1]]:
        found: dict[tuple[date, int], list[ScoreV1]] = {}
        for (number, day), at in hours.items():
            for place, hour in enumerate(at):
                one = score(
                    0.1,
                    message=f"{number} {day} {place}",
                    person=str(number),
                    leaf=self.organisation.people[number].leaf,
                    local_day=day,
                    hour=hour % LATE,
                )
                found.setdefault((day, hour), []).append(one)
        return found

    def _send(self, scores: list[ScoreV1]) -> None:
        if scores:
            with database.writing(self.engine) as connection:
                collect(connection, scores)

    def _withdraw(self, day: date) -> None:
        place = ORDER.index(window_of(Cadence.DAY, day))
        self._send([
            withdrawal(person=str(number), local_day=day, block=block(day))
            for number, gone in self.organisation.gone.items() if gone == place
        ])  # fmt: skip

    def _reach(self, until: datetime) -> None:
        self.now = max(self.now + timedelta(seconds=1), until)
        with database.writing(self.engine) as connection:
            gateways.progress(connection, progress(until, self.now))
        self.closer.close_due(self.now)

    def published(self) -> dict[Window, frozenset[str]]:
        """Units whose valence stands in the tables, by the window they are planned for."""
        plan = self.organisation.plan
        with database.reading(self.engine).begin() as connection:
            return {
                window: frozenset(
                    unit
                    for unit, found in statistics.of_window(connection, window).items()
                    if found.has_valence and plan[unit] is window.cadence
                )
                for window in ORDER
                if window.cadence in plan.values()
            }

    def pulse(self) -> frozenset[tuple[date, int]]:
        """Hours that stand in the tables."""
        with database.reading(self.engine).begin() as connection:
            assert ledger.verify(connection).holds
            rows = connection.execute(select(PUBLISHED_PULSE.c.day, PUBLISHED_PULSE.c.hour))
            return frozenset((row.day, row.hour) for row in rows)


def cast(seed: int, *, withdrawals: bool) -> tuple[Organisation, Hours]:
    """A random organisation, and when everybody wrote."""
    rng = Random(seed)  # noqa: S311  a test, not a secret
    organisation = random_block(1_000 + seed)
    if withdrawals:
        with_withdrawals(organisation, rng)
    return organisation, some_hours(organisation, rng)


def hours_of_enough(organisation: Organisation, hours: Hours) -> set[tuple[date, int]]:
    """Hours in which enough people wrote who had not withdrawn before their day."""
    wrote: dict[tuple[date, int], set[int]] = {}
    for (number, day), at in hours.items():
        place = ORDER.index(window_of(Cadence.DAY, day))
        if organisation.gone.get(number, len(ORDER)) >= place:
            for hour in at:
                wrote.setdefault((day, hour), set()).add(number)
    return {key for key, people in wrote.items() if key[1] < LATE and len(people) >= LEAST}


@pytest.mark.parametrize(("seed", "withdrawals"), [*TELLING, *MORE])
def test_what_is_stored_tells_no_group_below_k(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, seed: int, *, withdrawals: bool
) -> None:
    monkeypatch.setattr(rule, "LEAST", LEAST)
    organisation, hours = cast(seed, withdrawals=withdrawals)

    played = Played(engine, organisation, hours)

    published, pulse = played.published(), played.pulse()
    assert exposed_groups(organisation, published, K, hours, pulse) == 0


@pytest.mark.parametrize(("seed", "withdrawals"), TELLING)
def test_all_hours_of_enough_people_would_tell_of_fewer(seed: int, *, withdrawals: bool) -> None:
    organisation, hours = cast(seed, withdrawals=withdrawals)
    enough, published = hours_of_enough(organisation, hours), organisation.published()

    assert exposed_groups(organisation, published, K, hours) == 0
    assert exposed_groups(organisation, published, K, hours, enough) > 0


@pytest.mark.parametrize("seed", [2, 3])
def test_there_is_something_to_tell(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    # Else the test above would hold of nothing.
    monkeypatch.setattr(rule, "LEAST", LEAST)
    played = Played(engine, *cast(seed, withdrawals=False))

    assert len(played.pulse()) > 1
    assert sum(map(len, played.published().values())) > 4
