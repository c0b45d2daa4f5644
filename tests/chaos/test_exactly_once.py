"""Whatever fails in mid-stream, each accepted event stands in its open window once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import Terms, run
from tests.journey.stack import PARAMETERS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PARAMETERS)
async def test_nothing_is_lost_and_nothing_counts_twice(name: str, tmp_path: Path) -> None:
    """Each process is killed once, and broker and database go away, over 5,000 events."""
    terms = Terms(name, events=5_000, rate=80, faults=9, seed=1)

    found = await run(terms, tmp_path, print)

    assert found.refused == 0
    assert found.accepted == terms.events
    assert found.collected == terms.events
    assert found.late == found.owed == 0
    assert found.ledger
    assert len(found.silences) == terms.faults
