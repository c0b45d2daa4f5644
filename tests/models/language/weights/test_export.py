"""The export of a model's encoder refuses what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from models.language import registry
from models.language.weights.export import main


def test_a_folder_of_models_that_is_not_there_is_never_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "encoder", lambda *_args: pytest.fail("a model was read"))

    result = CliRunner().invoke(main, ["--weights", str(tmp_path / "missing")])

    assert result.exit_code == 2
    assert "does not exist" in result.stderr
