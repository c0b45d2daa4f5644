"""Engines beside torch: the same rules, nearly the same scores, and no graph of other weights."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from models.language import graph, registry
from models.language.corpus import loader, split
from models.language.registry import ModelRefused, Runs
from models.language.scorer import Scorer
from models.language.weights.export import main as export
from tests.fakes.tiny_classifier import tiny
from tests.suites.scorer import ROUNDED, ScorerSuite

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
pytest.importorskip("openvino", reason="the extra openvino is not installed")


MODEL = tomllib.loads((registry.FOLDER.parent / registry.FILE).read_text())["default"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Graphs of the default model."""
    place = tmp_path_factory.mktemp("graphs")
    result = CliRunner().invoke(export, ["--weights", str(place)])
    assert result.exit_code == 0, result.output
    return place


@pytest.fixture(scope="module", params=[Runs.OPENVINO, Runs.ONNX])
def scorer(folder: Path, request: pytest.FixtureRequest) -> Scorer:
    return registry.load(weights=folder, threads=1, engine=request.param)


class TestGraphs(ScorerSuite):
    """Both keep the rules of every scorer."""

    close = ROUNDED


@pytest.mark.parametrize("engine", [Runs.OPENVINO, Runs.ONNX])
def test_it_says_what_torch_says(engine: Runs, folder: Path) -> None:
    texts = [e.text for e in loader.load() if split.held_out(e.id)][::8]
    usual = registry.load(threads=1).score(texts)
    found = registry.load(weights=folder, threads=1, engine=engine).score(texts)

    assert np.abs(usual.sentiment_p - found.sentiment_p).mean() < 0.01
    assert (usual.signals == found.signals).mean() > 0.99
    assert found.model == usual.model


def test_a_graph_that_was_changed_is_refused(folder: Path, tmp_path: Path) -> None:
    name = graph.file(folder, MODEL).name
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / name).write_bytes(raw)
    about = Path(name).with_suffix(".json")
    (tmp_path / about).write_bytes((folder / about).read_bytes())

    with pytest.raises(ModelRefused, match="not the file that was exported"):
        registry.load(weights=tmp_path, engine=Runs.ONNX)


def test_a_graph_of_other_weights_is_refused(folder: Path, tmp_path: Path) -> None:
    name = graph.file(folder, MODEL).name
    (tmp_path / name).hardlink_to(folder / name)
    about = Path(name).with_suffix(".json")
    told = json.loads((folder / about).read_text()) | {"source": "others"}
    (tmp_path / about).write_text(json.dumps(told))

    with pytest.raises(ModelRefused, match="made of other weights"):
        registry.load(weights=tmp_path, engine=Runs.OPENVINO)


def test_a_missing_graph_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"\.onnx is missing.*weights\.export"):
        registry.load(weights=tmp_path, engine=Runs.ONNX)


def test_an_engine_that_is_not_installed_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "models.language.engine_onnx", None)

    with pytest.raises(ModelRefused, match=r"pip install 'barograph\[onnx\]'"):
        registry.load(weights=folder, engine=Runs.ONNX)


@pytest.mark.parametrize("engine", [Runs.OPENVINO, Runs.ONNX])
def test_a_classifier_runs_on_torch_alone(engine: Runs, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="'tiny' is a classifier: it runs on torch alone"):
        registry.load("tiny", tiny(tmp_path), engine=engine)


def test_a_classifier_and_its_companion_share_one_engine(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from models.language import registry as r;"
        f"r.load('tiny', Path({str(tiny(tmp_path))!r})).score(['ok']);"
        "print([name for name in ('torch', 'openvino', 'onnxruntime') if sys.modules.get(name)])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert told.stdout.strip() == "['torch']"


@pytest.mark.parametrize(
    ("engine", "loaded"), [(Runs.ONNX, "['onnxruntime']"), (Runs.OPENVINO, "['openvino']")]
)
def test_nothing_is_imported_but_one_engine(engine: Runs, loaded: str, folder: Path) -> None:
    assert importlib.metadata.version("openvino-telemetry")  # it is there, and must not be used
    code = (
        "import sys; from pathlib import Path; from models.language import registry as r;"
        f"r.load(weights=Path({str(folder)!r}), engine=r.Runs({str(engine)!r})).score(['ok']);"
        "heavy = ('torch', 'openvino', 'transformers', 'onnxruntime', 'openvino_telemetry');"
        "print([name for name in heavy if sys.modules.get(name)])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert told.stdout.strip() == loaded
