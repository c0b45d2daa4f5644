"""A gateway's admission on files of its own, with four people in two teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.contracts.envelope import Kind
from services.contracts.governance import Policy
from services.contracts.messages import MessageV1
from services.contracts.sealing import seal
from services.contracts.text_keys import TextKeys
from services.contracts.units import UnitNames
from services.ingest.block_keys import BlockKeys
from services.ingest.directory import Directory, DirectoryPerson, DirectoryUnit, PersonKind
from services.ingest.feed_event import FeedEvent
from services.ingest.gateway_database import open_gateway_database
from services.ingest.intake import Admitted, Intake, Refused
from services.ingest.open_channels import channels_of
from services.ingest.recent_messages import Remembered
from services.ingest.registry import Registry

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""A Wednesday, in the middle of a block."""
SINCE = date(2024, 1, 1)
CANARY = "Pelargonium Anna de Vries 06 12345678 zeppelin"


def unit(name: str, parent: str | None = None) -> DirectoryUnit:
    """A unit called by its id."""
    return DirectoryUnit(name, parent, UnitNames(en=name, nl=name, fr=name))


DIRECTORY = Directory(
    (unit("acme"), unit("acme.sales", "acme"), unit("acme.support", "acme")),
    (
        DirectoryPerson(
            "p1",
            "acme.sales",
            ("demo:anna", "mail:anna@example.org"),
            "Europe/Amsterdam",
            SINCE,
            name="Anna de Vries",
        ),
        DirectoryPerson("p2", "acme", ("demo:boss",), "America/New_York", SINCE, name="Will Bos"),
        DirectoryPerson("p3", "acme.support", ("demo:robot",), "UTC", SINCE, PersonKind.BOT),
        DirectoryPerson("p4", "acme.support", ("demo:guest",), "UTC", SINCE, PersonKind.EXTERNAL),
        DirectoryPerson("p5", "acme.support", ("demo:new",), "UTC", date(2026, 11, 10)),
    ),
)


def policy(**changes: Any) -> Policy:
    """A demo policy."""
    return Policy.model_validate(
        {
            "version": 1,
            "organisation": "Acme",
            "purpose": "test",
            "demo": True,
            "sources": ["demo"],
            "channels": ["demo:*"],
            "indicators": ["valence"],
            "works_council": {"decision": "not_required", "date": "2026-01-01", "reference": "-"},
            "expires": "2030-01-01",
            **changes,
        }
    )


def event(**changes: Any) -> FeedEvent:
    """A post of Anna's, a minute before ``NOW``."""
    return FeedEvent(
        **{
            "kind": Kind.POST,
            "source": "demo",
            "source_id": "m1",
            "channel": "demo:general",
            "identity": "demo:anna",
            "at": datetime(2026, 11, 25, 11, 59, tzinfo=UTC),
            "text": "a quiet day",
            **changes,
        }
    )


@dataclass
class Gateway:
    """Admission and everything behind it."""

    registry: Registry
    blocks: BlockKeys
    text_keys: TextKeys
    recent: dict[tuple[str, str], Remembered]
    deleted: dict[tuple[str, str], int]
    intake: Intake

    def message(self, event: FeedEvent, now: datetime = NOW) -> MessageV1:
        """The one message that *event* becomes."""
        admitted = self.intake.admit(event, now)
        assert not isinstance(admitted, Refused), admitted
        ((message, _),) = admitted
        self.recent[event.source, event.source_id] = Remembered(
            message.leaf, message.block, message.local_day, event.at
        )
        return message

    def outcome(self, event: FeedEvent, now: datetime = NOW) -> tuple[Admitted, ...] | Refused:
        """What admission says of *event*."""
        return self.intake.admit(event, now)


def gateway(folder: Path, seal_with: Callable[[str], bytes] | None = None) -> Gateway:
    """A gateway in *folder*, with ``DIRECTORY``; a second one there takes up where it left off."""
    engine = open_gateway_database(folder / "gateway.db")
    registry, blocks = Registry(engine, policy().k), BlockKeys(engine)
    if not registry.directory.units:
        registry.replace(DIRECTORY)
    text_keys = TextKeys(folder / "text_keys.db")
    recent: dict[tuple[str, str], Remembered] = {}
    deleted: dict[tuple[str, str], int] = {}

    def sealed(text: str) -> bytes:
        hour, key = text_keys.current(NOW)
        return seal(text, key, hour)

    intake = Intake(
        channel=channels_of(policy(), NOW.date),
        person=registry.find,
        redact=registry.redact,
        block_key=blocks.key,
        live_keys=blocks.live,
        seal=seal_with or sealed,
        recent=lambda source, source_id: recent.get((source, source_id)),
        deleted=lambda source, source_id: deleted.get((source, source_id)),
        spool_id="gateway-test",
    )
    return Gateway(registry, blocks, text_keys, recent, deleted, intake)
