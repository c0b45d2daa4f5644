"""``make bench-models``: every engine beside `transformers.pipeline`, a thread each, in one run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from models.language import figures, framing, graph, registry
from models.language.corpus import loader, split
from models.language.labels import Sentiment, Signal
from models.language.weights import build
from tests.bench.__main__ import machine
from tests.bench_models.one import texts

PIPELINES = ("pipeline 1", "pipeline 32", "pipeline 32 sorted")
EXACT = "torch float32"
ENGINES = ("torch", EXACT, "torch bfloat16", "openvino", "onnx", "onnx int8")
DEFAULT = "torch"
WIDTH = 110
"""Columns that the table needs, wherever it is printed."""
PEAKS = ("int8", "bfloat16", "float32")


def asked(name: str, folder: Path) -> dict[str, Any]:
    """What a process of its own says of *name*."""
    with tempfile.TemporaryDirectory() as place:
        weights = Path(shutil.copytree(folder, Path(place) / "weights"))
        told = subprocess.run(
            [sys.executable, "-m", "tests.bench_models.one", name, str(weights)],
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def flop(layers: int, hidden: int, inner: int, tokens: int) -> int:
    """Multiplications and additions of one text: four matrices of attention, two above, scores."""
    return layers * (2 * tokens * (4 * hidden**2 + 2 * hidden * inner) + 4 * tokens**2 * hidden)


@click.command()
def main() -> None:
    """Measure, a process for each."""
    console = Console(width=WIDTH)
    console.print(f"Machine: {machine()}")
    encoder, name, source = registry.encoder()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        graph.export(encoder, graph.file(folder, name), source=source)
        found = {}
        for one in (*(f"peak {numbers}" for numbers in PEAKS), *PIPELINES, *ENGINES):
            with console.status(one):
                found[one] = asked(one, folder)
        with console.status("two processes"), ThreadPoolExecutor() as pool:
            both = list(pool.map(lambda _: asked(DEFAULT, folder), range(2)))
    _print(console, found, _needed(encoder))
    console.print(
        f"two processes of {DEFAULT}: {sum(one['a_second'] for one in both):.0f} messages a second"
    )
    times = found[DEFAULT]["a_second"] / found["pipeline 32"]["a_second"]
    console.print(f"{DEFAULT} is {times:.1f} times as fast as the pipeline in batches of 32")


def _needed(encoder: Any) -> float:
    """Multiplications and additions of one message, on the average."""
    [layer, *_] = encoder.stack
    inner, hidden = layer.up.weight.shape
    cutter = Tokenizer.from_file(str(build.FOLDER / "tokenizer.json"))
    sizes = [len(ids) + framing.FRAME for ids in framing.cut(cutter, texts())]
    return float(np.mean([flop(len(encoder.stack), hidden, inner, size) for size in sizes]))


def _print(console: Console, found: dict[str, dict[str, Any]], needed: float) -> None:
    known = {e.text: e for e in loader.load() if split.held_out(e.id)}
    examples = [known[text] for text in texts()]
    feelings = np.array([list(Sentiment).index(e.sentiment) for e in examples])
    signals = np.array([[label in e.signals for label in Signal] for e in examples])
    exact = found[EXACT]
    table = Table(
        *("", "numbers", "msg/s", "p50 ms", "p99 ms", "of peak", "MB"),
        *("agrees", "signals", "F1 feeling", "F1 signals"),
        title="Messages a second in batches, milliseconds of one alone, one thread",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for name in (*PIPELINES, *ENGINES):
        one = found[name]
        numbers = one.get("numbers", "float32")
        share = one["a_second"] * needed / found[f"peak {numbers}"]["flop_a_second"]
        row = [name, numbers, f"{one['a_second']:.0f}"]
        row += [f"{one['p50']:.1f}", f"{one['p99']:.1f}"] if "p50" in one else ["", ""]
        row += [f"{share:.0%}", f"{one['memory']:.0f}"]
        if "sentiment" in one:
            said, flags = np.array(one["sentiment"]), np.array(one["signals"], dtype=np.bool_)
            row += [
                f"{(said == np.array(exact['sentiment'])).mean():.3f}",
                f"{(flags == np.array(exact['signals'], dtype=np.bool_)).mean():.3f}",
                f"{figures.macro_f1(feelings, said):.3f}",
                f"{figures.macro_f1_labels(signals, flags):.3f}",
            ]
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
