"""One engine in one process: ``python -m tests.bench_models.one``, a JSON object out."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.language import registry
from models.language.corpus import loader, split
from models.language.digest import sha256
from models.language.registry import Runs
from models.language.scorer import Scorer

TEXTS, ALONE, BATCH = 384, 150, 32
TIMES = 3


def texts() -> list[str]:
    """Held-out messages of mixed length in three languages, no two the same."""
    found = list(dict.fromkeys(e.text for e in loader.load() if split.held_out(e.id)))
    return found[:: max(1, len(found) // TEXTS)][:TEXTS]


def seconds(work: Callable[[], object]) -> float:
    """Of the fastest of some runs: whatever else the machine did made the others slower."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def alone(score: Callable[[Sequence[str]], object]) -> dict[str, float]:
    """Milliseconds of a message that comes alone."""
    took = []
    for text in texts()[:ALONE]:
        began = time.perf_counter()
        score([text])
        took.append(1_000 * (time.perf_counter() - began))
    return {"p50": float(np.quantile(took, 0.5)), "p99": float(np.quantile(took, 0.99))}


def scorer(name: str, weights: Path) -> tuple[Scorer, str]:
    """The default model on the engine called *name*, one thread, and the numbers it multiplies."""
    engine, *numbers = name.split()
    if engine == "torch":
        return on_torch(*numbers)
    if numbers:
        quantised(weights)
    found = registry.load(weights=weights, threads=1, engine=Runs(engine))
    if engine == "openvino":
        from models.language.engine_torch import precision  # noqa: PLC0415

        return found, str(precision())
    return found, numbers[0] if numbers else "float32"


def on_torch(numbers: str = "") -> tuple[Scorer, str]:
    """On torch with *numbers*, or with those that it chooses itself."""
    import torch  # noqa: PLC0415

    from models.language import engine_torch  # noqa: PLC0415

    chosen = getattr(torch, numbers) if numbers else engine_torch.fastest()
    engine_torch.fastest = lambda: chosen
    return registry.load(threads=1), str(chosen)


def quantised(weights: Path) -> None:
    """Bring the graph in *weights* to eight bits; here alone, for its figures are no good."""
    from onnxruntime.quantization import (  # type: ignore[import-untyped] # noqa: PLC0415
        QuantType,
        quantize_dynamic,
    )

    [path] = weights.glob("*.onnx")
    quantize_dynamic(path, path, per_channel=True, weight_type=QuantType.QInt8)
    about = path.with_suffix(".json")
    told = json.loads(about.read_text("utf-8")) | {"graph": sha256(path)}
    about.write_text(json.dumps(told), "utf-8")


def measured(name: str, weights: Path) -> dict[str, Any]:
    """Speed, memory and what is said."""
    own, numbers = scorer(name, weights)
    said = own.score(texts())  # the first run is warmed up by this one
    return {
        "a_second": len(texts()) / seconds(lambda: own.score(texts())),
        **alone(own.score),
        "numbers": numbers.removeprefix("torch."),
        "sentiment": said.sentiment_p.argmax(axis=1).tolist(),
        "signals": said.signals.astype(int).tolist(),
    }


def pipeline(batch: int, *, by_length: bool) -> dict[str, Any]:
    """What one gets from `transformers.pipeline`: the same encoder, as deep, a head for three."""
    import torch  # noqa: PLC0415
    import transformers  # noqa: PLC0415

    from models.language.weights import build  # noqa: PLC0415

    torch.set_num_threads(1)
    library: Any = transformers
    library.logging.set_verbosity_error()  # it lists the layers that are cut off
    encoder, _, _ = registry.encoder()
    marks = {"pad_token": "<pad>", "unk_token": "<unk>"}
    cutter = library.PreTrainedTokenizerFast(
        tokenizer_file=str(build.FOLDER / "tokenizer.json"), **marks
    )
    model = transformers.BertForSequenceClassification.from_pretrained(
        build.FOLDER, num_labels=3, num_hidden_layers=len(encoder.stack)
    )
    run = transformers.pipeline("text-classification", model=model, tokenizer=cutter)
    ordered = sorted(texts(), key=len) if by_length else texts()
    options = {"truncation": True, "max_length": 512}
    found: dict[str, Any] = {
        "a_second": len(ordered) / seconds(lambda: run(ordered, batch_size=batch, **options))
    }
    return found | (alone(lambda one: run(list(one), **options)) if batch == 1 else {})


def peak(numbers: str) -> dict[str, Any]:
    """Multiplications and additions of *numbers* that one thread does a second, at its best."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)
    one = torch.randn(1_024, 1_024).mul_(20).to(getattr(torch, numbers))
    multiplied = torch._int_mm if numbers == "int8" else torch.mm  # noqa: SLF001 - as the engine
    took = seconds(lambda: [multiplied(one, one) for _ in range(50)])
    return {"flop_a_second": 50 * 2 * 1_024**3 / took}


def most_memory() -> float:
    """Megabytes that this process held at most; `getrusage` would count its parent's too."""
    [line] = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    return int(line) / 1_024


def main() -> None:
    """Measure what the first argument names; the second is a folder with a graph."""
    name, weights = sys.argv[1], Path(sys.argv[2])
    if name.startswith("peak"):
        found = peak(name.split()[1])
    elif name.startswith("pipeline"):
        _, batch, *rest = name.split()
        found = pipeline(int(batch), by_length=bool(rest))
    else:
        found = measured(name, weights)
    found["memory"] = most_memory()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
