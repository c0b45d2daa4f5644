"""What a scoring process may be told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.sentiment.settings import SentimentSettings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAROGRAPH_SENTIMENT_TEXT_KEYS", "/var/keys.db")
    monkeypatch.setenv("BAROGRAPH_SENTIMENT_EMBEDDED", "true")
    settings = SentimentSettings()

    assert settings.text_keys == Path("/var/keys.db")
    assert settings.embedded
    assert settings.batch_size == 256


def test_there_is_no_way_to_switch_the_model_off() -> None:
    with pytest.raises(ValidationError):
        SentimentSettings.model_validate({"text_keys": "keys.db", "scorer": "null"})
