"""Whatever fails in mid-stream, each accepted event is counted in its window once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import Terms, run
from tests.journey.stack import PARAMETERS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("windows", ["open", "closed"])
async def test_nothing_is_lost_and_nothing_counts_twice(
    name: str, windows: str, tmp_path: Path
) -> None:
    """Each process is killed once, and broker, disk and database go away."""
    terms = Terms(name, windows, events=10_000, rate=100, faults=9, seed=1)

    found = await run(terms, tmp_path, print)

    assert [check for check in found.checks if not check.holds] == []
    assert len(found.back) == terms.faults
