"""The start: a model that cannot be used ends it with 78 and a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from models.language import registry
from models.language.scorer import Scores
from services.sentiment import main
from services.telemetry import logs
from tests.fakes.scorer import SignScorer

HERE = Path(__file__).parents[3]


def start(folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    settings = {"TEXT_KEYS": str(folder / "text_keys.db"), **changes}
    environment = {f"BAROGRAPH_SENTIMENT_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "services.sentiment.main"],
        cwd=HERE,
        env={"PATH": os.environ["PATH"], "BAROGRAPH_SENTIMENT_EMBEDDED": "true", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def changed_byte(folder: Path) -> dict[str, str]:
    name = "tuned-heads.safetensors"
    data = bytearray((registry.FOLDER / name).read_bytes())
    data[-2] ^= 1
    (folder / name).write_bytes(data)
    shutil.copy(registry.FOLDER / "tuned-layers.safetensors", folder)
    return {"WEIGHTS": str(folder)}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _: {"MODEL": "nobody"}, "no model is called 'nobody'; there are: frozen, tuned"),
        (changed_byte, "tuned-heads.safetensors is not the file that the registry names: put"),
        (lambda folder: {"WEIGHTS": str(folder / "absent")}, "the folder of weights, "),
    ],
    ids=["unknown", "changed", "absent"],
)
def test_a_model_that_is_refused_ends_the_start_with_a_sentence(
    tmp_path: Path, spoil: Callable[[Path], dict[str, str]], said: str
) -> None:
    ended = start(tmp_path, **spoil(tmp_path))

    assert ended.returncode == 78
    assert ended.stderr.startswith(said)
    assert (ended.stderr.count("\n"), ended.stdout) == (1, "")
    assert not (tmp_path / "text_keys.db").exists()


def test_the_model_is_warm_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, whose logging stays as it is."""
    seen: list[Sequence[str]] = []
    served_after: list[int] = []

    class Recorder:
        def score(self, texts: Sequence[str]) -> Scores:
            seen.append(texts)
            return SignScorer().score(texts)

    monkeypatch.setattr(registry, "load", lambda *_, **__: Recorder())
    monkeypatch.setattr(main, "serve", lambda *_: served_after.append(len(seen)))
    for configures in ("configure", "capture_libraries"):
        monkeypatch.setattr(logs, configures, lambda: None)
    monkeypatch.setenv("BAROGRAPH_SENTIMENT_TEXT_KEYS", str(tmp_path / "text_keys.db"))
    monkeypatch.setenv("BAROGRAPH_SENTIMENT_EMBEDDED", "true")

    main.main()

    assert served_after == [1]
    assert len({len(text.split()) for text in seen[0]}) > 2
