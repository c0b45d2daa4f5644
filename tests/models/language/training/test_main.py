"""The command trains, tells how it went, and says in a sentence why it cannot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result

from models.language.training import __main__ as command
from models.language.training import finished, folding, rows

ROWS = 45


def run(folder: Path, *options: str, configuration: str = "") -> Result:
    path = folder / "run.toml"
    if not path.exists():
        path.write_text(configuration or "layers = [1]\nfrozen = 0\nepochs = 1\n", "utf-8")
    told = ["--configuration", str(path), "--folder", str(folder / "runs"), "--rows", str(ROWS)]
    return CliRunner().invoke(command.main, [*told, *options])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that left fold 0 out."""
    folder = tmp_path_factory.mktemp("done")
    result = run(folder, "--fold", "0", "--seed", "7")
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def metrics(done: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((done / "runs/seed-7-fold-0/metrics.json").read_text())
    return found


def test_a_run_tells_how_it_went(metrics: dict[str, Any]) -> None:
    assert (metrics["seed"], metrics["epochs"], metrics["fold"]) == (7, 1, 0)
    assert metrics["layers"] == metrics["configuration"]["layers"] == [1]
    assert metrics["configuration"]["encoder_rate"] == 2e-4
    assert sum(metrics["rows"].values()) <= ROWS
    assert metrics["loss"] > 0
    assert metrics["tokens_a_second"] > 0


def test_a_run_tells_how_right_it_is_on_what_it_left_out(
    done: Path, metrics: dict[str, Any]
) -> None:
    known, _ = folding.load(done / "runs", rows.gathered(), partial=True)

    assert 0.7 * ROWS < len(known) <= ROWS
    assert list(metrics["left_out"]) == ["en", "nl", "fr", "all"]
    for language, own in metrics["left_out"].items():
        assert own["texts"] == sum(language in {row.language, "all"} for row in known)
        assert 0 <= own["sentiment"] <= 1
        assert 0 < own["sentiment_ece"] < 1


def test_a_finished_run_is_finished_again_as_it_was(done: Path, metrics: dict[str, Any]) -> None:
    place = done / "runs" / "seed-7-fold-0"
    (place / finished.METRICS).unlink()

    result = run(done, "--fold", "0", "--seed", "7")

    again = json.loads((place / finished.METRICS).read_text())
    assert result.exit_code == 0
    assert again["tokens_a_second"] is None
    assert again == metrics | {"tokens_a_second": None}


def test_a_run_that_leaves_nothing_out_has_no_such_figures(tmp_path: Path, done: Path) -> None:
    teacher = ["--teacher", str(done / "runs" / "seed-7-fold-0")]
    assert run(tmp_path, *teacher).exit_code == 0

    place = tmp_path / "runs" / "seed-1"
    found = json.loads((place / finished.METRICS).read_text())
    assert "left_out" not in found
    assert sorted(path.name for path in place.iterdir()) == [
        "learner.pt", "metrics.json", "run.pt", "taught.pt",
    ]  # fmt: skip


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.output.splitlines()[-1].startswith("Error: ")
    for part in said:
        assert part in result.output


def test_a_run_that_is_cut_short_on_disk_says_what_to_remove(tmp_path: Path) -> None:
    place = tmp_path / "runs" / "seed-1"
    place.mkdir(parents=True)
    (place / "run.pt").write_bytes(b"PK\x03\x04")

    refused(run(tmp_path), "run.pt", "remove it")


@pytest.mark.parametrize("option", ["--teacher", "--start"])
def test_a_folder_without_a_run_is_refused_before_rows_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    def slow() -> None:
        raise AssertionError("read rows")

    monkeypatch.setattr(rows, "gathered", slow)
    empty = tmp_path / "empty"
    empty.mkdir()

    refused(run(tmp_path, option, str(empty)), "empty is no finished run")


IMPOSSIBLE = ["layers = [99]", 'seed = "x"', "epochs = 1.5", "tokens = 1024.5", "clip = inf"]
NO_GPU = [] if torch.cuda.is_available() else ['device = "cuda"']


@pytest.mark.parametrize("text", [*IMPOSSIBLE, *NO_GPU])
def test_a_configuration_that_cannot_be_is_named(tmp_path: Path, text: str) -> None:
    refused(run(tmp_path, configuration=text), "run.toml", text.split(maxsplit=1)[0])


@pytest.mark.parametrize("options", [["--seed", "-1"], ["--rows", "0"], ["--fold", "5"]])
def test_an_option_out_of_its_range_is_a_wrong_use(tmp_path: Path, options: Sequence[str]) -> None:
    assert run(tmp_path, *options).exit_code == 2
