"""From scores to what is stored: the pulse beside days, weeks and four weeks tells nothing more.

Small random organisations are played through the services, hour by hour, while people withdraw and
messages are deleted and edited, and what then stands in the tables is given to the exact
computation.  ``BLOCKS=200 pytest`` plays so many more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from os import environ

import pytest
from sqlalchemy import Engine, select

from models.climate.disclosure import pulse as rule
from models.climate.windows import Cadence, Window, block, quarter_of, window_of
from services.alerts import cadences, database, gateways, ledger, overlaps
from services.alerts.closing import Closer
from services.alerts.collector import collect
from services.alerts.ledger import statistics
from services.alerts.tables.released import PUBLISHED_PULSE, WINDOW_SUMMARY
from services.contracts.envelope import Kind
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.fakes.pulsed_block import (
    CLOSING,
    DAYS,
    Message,
    Moment,
    PulsedBlock,
    closes,
    decided,
    pulsed_block,
    until,
)
from tests.fakes.scores import policy, progress, score, units, withdrawal
from tests.fakes.trees import MONDAY, ORDER
from tests.models.climate.disclosure.played_block import LEAST, K, Played, exposed
from tests.models.climate.disclosure.test_pulse_and_what_is_taken_back import TELLING

MORE = [(seed, gone) for seed in range(int(environ.get("BLOCKS", "0"))) for gone in (False, True)]
RULES: Policy = policy(indicators=["valence", "pulse"], k=K, expires=date(2036, 1, 1))
QUARTER = quarter_of(MONDAY)


def instant(moment: Moment) -> datetime:
    """That time of UTC."""
    return datetime.combine(MONDAY, time(), UTC) + until(moment)


class Stored:
    """A block that has gone through the services."""

    def __init__(self, engine: Engine, played: PulsedBlock) -> None:
        self.engine, self.block = engine, played
        self.closer = Closer(engine, RULES)
        self.now = instant((-2, CLOSING))
        tree = played.organisation.units
        parents = {unit: tree.parent(unit) for unit in tree.top_down()}
        with database.writing(engine) as connection:
            gateways.units(connection, units(parents, dict.fromkeys(parents, 30), QUARTER))
            cadences.keep(connection, QUARTER, played.organisation.plan)
        self._reach((-1, CLOSING))
        for offset in range(DAYS):
            for place in range(CLOSING + 1):
                moment = offset, place
                self._send(self._written(moment))
                self._reach(moment)
                self._send([*self._late(moment), *self._taken_back(moment)])

    def _written(self, moment: Moment) -> Iterable[ScoreV1]:
        offset, place = moment
        return [
            self._score(one)
            for one in self.block.messages
            if one.hour is not None and one.since == (offset, place - 1)
        ]

    def _late(self, moment: Moment) -> Iterable[ScoreV1]:
        """What comes after its hour: a post, or another version of one."""
        return [
            self._score(one)
            for one in self.block.messages
            if one.hour is None and one.since == moment
        ]

    def _taken_back(self, moment: Moment) -> Iterable[ScoreV1]:
        for one in self.block.messages:
            if one.until == moment and not one.edited:
                again = self._score(one)
                last = again.version + 1
                yield again.model_copy(
                    update={"kind": Kind.DELETE, "outputs": None, "language": None, "version": last}
                )
        for author, gone in self.block.withdrawn.items():
            if gone == moment:
                yield withdrawal(person=str(author), local_day=MONDAY, block=block(MONDAY))

    def _score(self, one: Message) -> ScoreV1:
        return score(
            0.1,
            message=one.name,
            person=str(one.author),
            leaf=self.block.organisation.people[one.author].leaf,
            local_day=one.day,
            hour=one.written,
            version=1 + one.since[0] * 10 + one.since[1] + 1,
        )

    def _send(self, scores: Iterable[ScoreV1]) -> None:
        if some := list(scores):
            with database.writing(self.engine) as connection:
                collect(connection, some)

    def _reach(self, moment: Moment) -> None:
        self.now = instant(moment)
        with database.writing(self.engine) as connection:
            gateways.progress(connection, progress(self.now, self.now))
        self.closer.close_due(self.now)

    def published(self) -> dict[Window, frozenset[str]]:
        """Units whose valence stands in the tables, by the window they are planned for."""
        plan = self.block.organisation.plan
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

    def exposed(self) -> int:
        """Groups of fewer than k that what stands in the tables tells."""
        return exposed(self.block, self.published(), self.pulse())


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "LEAST", LEAST)


@pytest.mark.parametrize(
    ("seed", "gone"), [*((seed, True) for seed in TELLING), (2, False), (3, False), *MORE]
)
def test_what_is_stored_tells_no_group_below_k(engine: Engine, seed: int, *, gone: bool) -> None:
    assert Stored(engine, pulsed_block(seed, gone=gone)).exposed() == 0


@pytest.mark.parametrize("seed", TELLING)
def test_windows_that_do_not_ask_who_is_still_there_would_tell_of_fewer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(overlaps, "of_window", lambda *_: [])

    assert Stored(engine, pulsed_block(seed, gone=True)).exposed() > 0


@pytest.mark.parametrize("seed", [*TELLING[:4], 2, 3])
def test_the_services_publish_what_the_rules_say_and_when(engine: Engine, seed: int) -> None:
    block_of_seed = pulsed_block(seed, gone=True)
    stored, said = Stored(engine, block_of_seed), Played(block_of_seed, lambda overlaps: overlaps)

    assert stored.pulse() == said.hours
    assert {w: units for w, units in stored.published().items() if units} == {
        w: units for w, units in said.published().items() if units
    }
    assert said.hours
    assert any(said.published().values())
    with database.reading(engine).begin() as connection:
        windows = connection.execute(select(WINDOW_SUMMARY)).all()
        decisions = connection.execute(select(PUBLISHED_PULSE)).all()
    for row in windows:
        window = window_of(Cadence(row.cadence), row.window_start)
        assert row.closed_at == instant(closes(window))
    for row in decisions:
        assert row.published_at == instant(decided(row.day, row.hour))
