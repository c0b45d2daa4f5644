"""A gateway that knows three people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.ingest import DIRECTORY, Gateway, gateway


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Gateway]:
    with gateway(tmp_path) as opened:
        assert opened.ask("PUT", "/v1/directory", json=DIRECTORY).status_code == 200
        yield opened
