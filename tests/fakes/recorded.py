"""Random organisations through the real door and into a real database, window after window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import Connection

from models.climate.disclosure.receipt import Receipt
from models.climate.disclosure.release import PARTICIPATION, ClosedWindow, release
from models.climate.disclosure.two_sided import SHARES
from models.climate.person_day import NO_DRIVERS, NO_SIGNALS, PersonDay
from models.climate.unit_tree import UnitTree
from models.climate.windows import FIRST_BLOCK, Cadence, Window, four_weeks_of, window_of
from services.alerts.ledger import Terms, record
from tests.fakes.trees import SHAPES, Person, cells, tree

NOW = datetime(2030, 1, 1, 6, 30, tzinfo=UTC)


def blocks(connection: Connection, seed: int, first: int, count: int) -> Iterator[Receipt]:
    """Release *count* blocks of four weeks, each of another organisation under another policy.

    Of each block: two days of one organisation whose units are all published by the day, then
    the weeks and the four weeks of one of mixed cadences.
    """
    for number in range(first, first + count):
        rng = Random(seed * 100_003 + number)  # noqa: S311  a test, not a secret
        whole = four_weeks_of(FIRST_BLOCK + timedelta(days=28 * number))
        yield from _days(connection, whole, rng)
        yield from _weeks(connection, whole, rng)


@dataclass(frozen=True)
class _Drawn:
    """An organisation, its cadences, and what its policy lists."""

    units: UnitTree
    people: Sequence[Person]
    plan: Mapping[str, Cadence]
    listed: tuple[str, ...]


def _days(connection: Connection, whole: Window, rng: Random) -> Iterator[Receipt]:
    units, people = _organisation(whole, rng)
    drawn = _Drawn(units, people, dict.fromkeys(units.top_down(), Cadence.DAY), _listed(rng))
    for day in rng.sample(range(28), 2):
        window = window_of(Cadence.DAY, whole.start + timedelta(days=day))
        yield _released(connection, drawn, window, rng)[1]


def _weeks(connection: Connection, whole: Window, rng: Random) -> Iterator[Receipt]:
    units, people = _organisation(whole, rng)
    plan: dict[str, Cadence] = {}
    for unit in units.top_down():
        parent = units.parent(unit)
        own = Cadence.FOUR_WEEKS if rng.random() < 0.3 else Cadence.WEEK
        plan[unit] = own if parent is None else max(own, plan[parent], key=lambda c: c.days)
    drawn, closed = _Drawn(units, people, plan, _listed(rng)), []
    for week in whole.split(Cadence.WEEK):
        found, receipt = _released(connection, drawn, week, rng)
        closed.append(found)
        yield receipt
    yield _released(connection, drawn, whole, rng, closed)[1]


def _listed(rng: Random) -> tuple[str, ...]:
    """Indicators of a policy that are made of cells: mostly with valence, sometimes without."""
    shares = rng.sample((*SHARES, PARTICIPATION), rng.randint(1, 8))
    return ("valence", *shares) if rng.random() < 0.8 else tuple(shares)


def _organisation(whole: Window, rng: Random) -> tuple[UnitTree, Sequence[Person]]:
    units = tree(rng.choice(SHAPES))
    people = []
    for leaf in units.leaves:
        for _ in range(rng.choice((0, 4, 9, 14, 25, 40))):
            days = {}
            for day in rng.sample(range(28), rng.randint(4, 16)):
                messages = rng.randint(1, 9)
                signals = tuple(int(rng.random() < 0.3) for _ in NO_SIGNALS)
                drivers = tuple(int(rng.random() < 0.3) for _ in NO_DRIVERS)
                valence = rng.randint(-messages * 1_000_000, messages * 1_000_000)
                days[whole.start + timedelta(days=day)] = PersonDay(
                    messages, valence, signals, drivers
                )
            people.append(Person(leaf, days))
    return units, people


def _released(
    connection: Connection,
    drawn: _Drawn,
    window: Window,
    rng: Random,
    finer: Sequence[ClosedWindow] = (),
) -> tuple[ClosedWindow, Receipt]:
    k, found = rng.randint(5, 12), cells(drawn.units, drawn.people, window)
    released = release(
        tree=drawn.units,
        plan=drawn.plan,
        window=window,
        cells=found,
        k=k,
        indicators=drawn.listed,
        finer=finer,
    )
    terms = Terms(
        policy=rng.randbytes(32).hex(),
        k=k,
        quarter="2024Q1",
        models=("m-1", "m-2")[: rng.randint(1, 2)],
        weights={"m-1": {"heads.safetensors": rng.randbytes(32).hex()}},
        code="0.1.0",
        recipients=("page", "interface", "metrics"),
        lost=rng.randrange(3),
        gateways_left_out=rng.randrange(2),
    )
    now = NOW + timedelta(microseconds=rng.randrange(10**6))
    receipt = record(connection, window, released, terms, now)
    shown = {one.unit: one for one in released.statistics if one.has_valence}
    return ClosedWindow(window, found, shown), receipt
