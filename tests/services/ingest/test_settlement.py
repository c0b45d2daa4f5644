"""What the spool is told is settled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from prometheus_client import REGISTRY

from services.contracts.settled import SettledV1, Settlement
from services.ingest.settlement import settle
from tests.fakes.records import AT, numbered
from tests.fakes.spool import MemorySpool


@dataclass
class Relay:
    """Keeps what it hears."""

    heard: set[int] = field(default_factory=set)

    def settled(self, seqs: Collection[int]) -> None:
        """Hear."""
        self.heard.update(seqs)


def counted(settlement: Settlement) -> float:
    name = "barograph_spool_settled_messages_total"
    return REGISTRY.get_sample_value(name, {"settlement": settlement.value}) or 0


def told(spool: str, settlement: Settlement, *seqs: int) -> bytes:
    return SettledV1(spool_id=spool, seqs=seqs, settlement=settlement).to_bytes()


async def test_it_forgets_and_counts_its_own_once_and_passes_over_the_rest() -> None:
    spool, relay = MemorySpool(), Relay()
    await spool.append([(numbered(n), AT) for n in range(1, 6)])
    before = {kind: counted(kind) for kind in Settlement}
    records = [
        told(spool.spool_id, Settlement.COLLECTED, 1, 2),
        told(spool.spool_id, Settlement.COLLECTED, 2),
        told("another-gateway", Settlement.COLLECTED, 3),
        b"\x00 not a record",
        told(spool.spool_id, Settlement.DEAD_LETTER, 4),
    ]

    assert await settle(spool, records, relay) == 3
    assert await settle(spool, records, relay) == 0

    assert spool.held() == 2
    assert relay.heard == {1, 2, 4}
    gained = {kind: counted(kind) - before[kind] for kind in Settlement}
    assert gained == {
        Settlement.COLLECTED: 2,
        Settlement.LATE: 0,
        Settlement.EXPIRED: 0,
        Settlement.DEAD_LETTER: 1,
    }
