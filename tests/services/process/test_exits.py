"""A process that was told nonsense says which setting is at fault, and never its value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[3]


def start(module: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=HERE,
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "setting"),
    [
        pytest.param("services.ingest.main", "BAROGRAPH_INGEST_PORT", id="ingest"),
        pytest.param("services.sentiment.main", "BAROGRAPH_SENTIMENT_BATCH_SIZE", id="sentiment"),
        pytest.param("services.alerts.worker", "BAROGRAPH_ALERTS_BATCH_SIZE", id="collector"),
        pytest.param("services.alerts.main", "BAROGRAPH_ALERTS_PORT", id="alerts"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_shown(module: str, setting: str) -> None:
    ended = start(module, **{setting: "canary"})

    name = setting.split("_", 2)[2].lower()
    assert ended.returncode == 78
    assert f"settings/{name}: int_parsing" in ended.stderr
    assert "canary" not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr
