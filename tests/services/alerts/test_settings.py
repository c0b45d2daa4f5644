"""What the alerts processes may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.alerts.settings import AlertsSettings, CollectorSettings

NEEDED: dict[str, Any] = {
    "database": "climate.db",
    "governance": Path("governance.yaml"),
    "policy_public_key": Path("policy.pub"),
    "endpoint_key": Path("endpoints.key"),
}


def test_both_processes_read_one_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(f"BAROGRAPH_ALERTS_{name.upper()}", str(value))
    monkeypatch.setenv("BAROGRAPH_ALERTS_EMBEDDED", "true")
    monkeypatch.setenv("BAROGRAPH_ALERTS_PORT", "8421")

    assert AlertsSettings().port == 8421
    assert CollectorSettings().embedded


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "alerts.example", "::"])  # noqa: S104
def test_without_a_reader_token_only_this_machine_may_read(host: str) -> None:
    with pytest.raises(ValidationError):
        AlertsSettings(**NEEDED, host=host)

    assert AlertsSettings(**NEEDED, host=host, reader_token="t" * 16).host == host


def test_a_short_token_is_refused_and_not_printed() -> None:
    with pytest.raises(ValidationError) as refused:
        AlertsSettings(**NEEDED, reader_token="canary")  # noqa: S106

    assert "canary" not in str(refused.value)


def test_a_token_is_not_printed() -> None:
    assert "canary" not in repr(AlertsSettings(**NEEDED, reader_token="canary-canary-canary"))  # noqa: S106
