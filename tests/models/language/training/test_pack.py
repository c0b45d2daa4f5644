"""What ships is made of whole runs of one network, with thresholds from every fold."""

from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result

from models.language import heads, network
from models.language.heads import Origin
from models.language.training import finished, folding, pack, rows
from models.language.training.learner import FAMILIES, Learner
from models.language.weights import build


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs that read layer 1 and layer 2, and one that is not finished."""
    folder = tmp_path_factory.mktemp("runs")
    for name, layers in (("first", [1]), ("second", [2])):
        (folder / name).mkdir()
        said: dict[str, Any] = {
            "layers": layers,
            "fold": None,
            "rows": {"corpus": 9},
            "processor_hours": 0.5,
        }
        said[finished.EARLIER] = {"a teacher of both": 0.25}
        (folder / name / finished.METRICS).write_text(json.dumps(said), "utf-8")
        weights = Learner(network.load(build.FOLDER, layers)).state_dict()
        torch.save(weights, folder / name / finished.WEIGHTS)
    (folder / "begun").mkdir()
    return folder


def said_of(place: Path, folds: Sequence[int]) -> None:
    """Write what nobody in particular says of some texts of *folds*."""
    corpus = [row for row in rows.gathered() if row.corpus][::20]
    chance = torch.Generator().manual_seed(5)
    for fold in folds:
        _, left_out = folding.parted(corpus, fold)
        (place / str(fold)).mkdir()
        said = {
            family: torch.randn(len(left_out), len(labels), generator=chance)
            for family, labels in FAMILIES.items()
        }
        folding.save(place / str(fold) / folding.FILE, left_out, said)


def packed(runs: Path, names: Sequence[str], folds: Path, *options: str) -> Result:
    places = [part for name in names for part in ("--run", str(runs / name))]
    to = str(folds / "to")
    told = [*places, "--folds", str(folds), "--version", "v-1", "--to", to, *options]
    return CliRunner().invoke(pack.main, told)


def test_thresholds_are_of_all_folds_unless_fewer_will_do(runs: Path, tmp_path: Path) -> None:
    said_of(tmp_path, [2])

    refused = packed(runs, ["first"], tmp_path)
    before = (tmp_path / "to").exists()
    tried = packed(runs, ["first"], tmp_path, "--partial")

    assert refused.exit_code == 1
    assert "fold 0, 1, 3, 4" in refused.output
    assert not before
    assert tried.exit_code == 0


def test_all_folds_make_files_that_everybody_may_read(runs: Path, tmp_path: Path) -> None:
    said_of(tmp_path, range(folding.FOLDS))

    result = packed(runs, ["first", "first"], tmp_path)

    assert result.exit_code == 0, result.output
    written = sorted((tmp_path / "to").glob("*.safetensors"))
    assert [path.name for path in written] == [
        "default-heads.safetensors", "default-layers.safetensors", folding.FILE,
    ]  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o644}
    assert heads.origin(written[0]) == Origin({"corpus": 9}, 0.5 + 0.5 + 0.25)


@pytest.mark.parametrize(
    ("names", "says"),
    [(["first", "begun"], "begun is no finished run"), (["first", "second"], "other layers")],
)
def test_runs_that_do_not_go_together_are_named(
    runs: Path, tmp_path: Path, names: Sequence[str], says: str
) -> None:
    result = packed(runs, names, tmp_path)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert says in result.output
    assert not (tmp_path / "to").exists()
