"""The line from a feed to sums without a broker, scored by the labels of the corpus.

Everything but the scorer is the real thing: the reading of payloads, admission, the collector and
the folding of days.  What is planted is planted in the labels, so they are the scores to test with.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models.climate.unit_tree import Unit, UnitTree
from models.climate.watermark import GatewayProgress
from models.language.corpus.loader import Example
from models.simulation.bank import held_out_examples
from models.simulation.planting.found import POLARITY
from models.simulation.planting.play import OptedOut
from services.alerts import database, folding, migrations
from services.alerts.closing import folds
from services.alerts.collector import collect
from services.alerts.tables.pseudonymous import PERSON_DAY
from services.cli.played_feed import Feed, Line, NewDirectory
from services.contracts.envelope import Kind
from services.contracts.messages import MessageV1
from services.contracts.scores import Outputs, ScoreV1
from services.contracts.settled import Settlement
from services.ingest import directory_formats
from services.ingest.feed_event import FeedEvent
from services.ingest.intake import Refused
from services.ingest.recent_messages import Remembered
from services.ingest.sources import cloudevents
from services.ingest.sources.json_text import decode
from services.ingest.sources.reading import Ignored
from tests.fakes.admission import Gateway, gateway
from tests.fakes.scores import policy

BATCH = 500


@dataclass
class LabelledLine:
    """Takes a feed in, step by step, and folds what no gateway owes any more.

    Attributes:
        outcomes: What became of the events.
        rows: The folded days: of each person and leaf, sums.
    """

    folder: Path
    outcomes: Counter[str] = field(default_factory=Counter)
    late: int = 0

    def __post_init__(self) -> None:
        self._gateway: Gateway = gateway(self.folder, seal_with=lambda _: b"")
        self.engine: Engine = database.open_engine(self.folder / "climate.db")
        migrations.upgrade(self.engine)
        self._labels = {example.text: example for example in held_out_examples()}
        self._waiting: list[ScoreV1] = []

    def take(self, feed: Feed, wall: datetime) -> None:
        """Take all of *feed* in; *wall* is when that happens."""
        self._directory(feed.directory)
        clock: datetime | None = None
        for step in feed.steps:
            if clock is None or (step.at - clock).total_seconds() > 4 * 3_600:
                clock = step.at
                self._fold(clock)
            match step:
                case Line(raw=raw):
                    self._event(raw, clock, wall)
                case NewDirectory(directory=directory):
                    self._directory(directory)
                case OptedOut(identity=identity):
                    self._opt_out(identity, clock)
        self._fold(wall)

    def tree(self) -> UnitTree:
        """The organisation as the gateway tells it."""
        units = self._gateway.registry.directory.units_record("2026Q4").units
        return UnitTree(Unit(one.id, one.parent, one.eligible) for one in units)

    def days(self) -> list[Any]:
        """Every folded day of every person."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(PERSON_DAY)))

    def _directory(self, document: dict[str, Any]) -> None:
        raw = json.dumps(document).encode()
        self._gateway.registry.replace(directory_formats.parse(raw, "application/json"))

    def _event(self, raw: bytes, now: datetime, wall: datetime) -> None:
        read = cloudevents.read(decode(raw))
        if isinstance(read, Ignored):
            self.outcomes[read.reason.value] += 1
            return
        admitted = self._gateway.intake.admit(read, now, wall=wall)
        if isinstance(admitted, Refused):
            self.outcomes[admitted.value] += 1
            if read.kind is Kind.DELETE and self._gateway.intake.awaits(read, now, wall):
                self._gateway.deleted[read.source, read.source_id] = read.version
            return
        self.outcomes["accepted"] += 1
        for message, _ in admitted:
            if message.kind is not Kind.DELETE:
                self._gateway.recent[read.source, read.source_id] = Remembered(
                    message.leaf, message.block, message.local_day
                )
            self._score(message, read)

    def _opt_out(self, identity: str, now: datetime) -> None:
        person = self._gateway.registry.opt_out(identity, out=True)
        assert person is not None, "nobody of the directory"
        for message, _ in self._gateway.intake.withdraw(person, now):
            self._score(message, None)

    def _score(self, message: MessageV1, event: FeedEvent | None) -> None:
        silent = event is None or message.kind is Kind.DELETE
        found = None if silent or event is None else _outputs(self._labels[event.text])
        envelope = message.model_dump(exclude={"sealed"})
        # A number of its own, as the spool gives one: only then is a late one counted.
        number = {"seq": sum(self.outcomes.values())}
        self._waiting.append(ScoreV1(**envelope | number, outputs=found, model="labels"))
        if len(self._waiting) >= BATCH:
            self._collect()

    def _collect(self) -> None:
        with database.writing(self.engine) as connection:
            collected = collect(connection, self._waiting)
        self.late += collected.count(Settlement.LATE)
        self._waiting.clear()

    def _fold(self, now: datetime) -> None:
        """As the closer does, with one gateway that owes nothing up to *now*."""
        self._collect()
        known = (GatewayProgress(owes_nothing_until=now, lease_until=now),)
        with database.writing(self.engine) as connection:
            for day in iter(lambda: folding.oldest_open(connection), None):
                if not folds(connection, day, known, now, policy()):
                    return
                folding.fold(connection, day, now, also={folding.Detail.PLACES})


def _outputs(example: Example) -> Outputs:
    return Outputs(
        valence_micro=POLARITY[example.sentiment] * 1_000_000,
        signals=tuple(sorted(example.signals)),
    )


def activities(feed: Feed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every activity of *feed*, with the verb."""
    for step in feed.steps:
        if isinstance(step, Line):
            activity = json.loads(step.raw)["data"]
            yield activity["type"], activity
