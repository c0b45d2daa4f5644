"""The command refuses at once what it could not carry through."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from models.language import registry
from models.language.evaluation import __main__ as command
from models.language.evaluation import card, functional
from models.language.training import folding, rows

SUITES = functional.FOLDER


@pytest.fixture(autouse=True)
def _nothing_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise AssertionError("began to work")

    monkeypatch.setattr(registry, "load", slow)


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        ("functional_nl.tsv", "past\t+joy\ta", "functional_nl.tsv, line 288"),
        ("bias_fr.toml", "[new]", "bias_fr.toml, [new]"),
    ],
)
def test_a_suite_with_a_mistake_ends_it_before_anything_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, line: str, says: str
) -> None:
    suites = tmp_path / "suites"
    shutil.copytree(SUITES, suites)
    with (suites / file).open("a") as opened:
        opened.write(f"{line}\n")
    monkeypatch.setattr(functional, "FOLDER", suites)
    monkeypatch.setattr(rows, "gathered", registry.load)

    result = CliRunner().invoke(command.main)

    assert result.exit_code == 1
    assert says in result.output


def test_weights_that_are_not_there_are_a_wrong_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(command.main, ["--weights", str(tmp_path / "none")])

    assert result.exit_code == 2
    assert "does not exist" in result.output


@pytest.mark.parametrize("options", [("--model", "frozen"), ("--weights", "."), ("--folds", ".")])
def test_only_the_default_has_a_card_to_write(options: Sequence[str]) -> None:
    before = card.PATH.read_bytes()

    result = CliRunner().invoke(command.main, ["--card", *options])

    assert result.exit_code == 2
    assert "--card" in result.output
    assert card.PATH.read_bytes() == before


def test_folds_that_are_not_all_there_are_measured_only_when_asked(tmp_path: Path) -> None:
    _, left_out = folding.parted([row for row in rows.gathered() if row.corpus][::4], 2)
    chance = torch.Generator().manual_seed(1)
    sizes = {"sentiment": 3, "signals": 8, "drivers": 12, "language": 3}
    said = {name: torch.randn(len(left_out), n, generator=chance) for name, n in sizes.items()}
    folding.save(tmp_path / folding.FILE, left_out, said)
    options = ["--folds", str(tmp_path)]

    refused = CliRunner().invoke(command.main, options)
    tried = CliRunner().invoke(command.main, [*options, "--partial"])

    assert refused.exit_code == 1
    assert "fold 0, 1, 3, 4" in refused.output
    assert tried.exit_code == 0
    assert "Cross-validated on synthetic messages" in tried.output
