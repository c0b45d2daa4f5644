"""Runs the encoder on OpenVINO."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from typing_extensions import override

from models.language.engine import Array, Engine, Ids


class OpenVinoEngine(Engine):
    """In bfloat16 where the processor multiplies it in hardware: the library decides.

    Args:
        folder: What ``weights.build`` made.
        graph: What ``weights.export`` made.
        width: Numbers of a vector.
        threads: Threads of one multiplication; None leaves it to the library.
    """

    def __init__(self, folder: Path, graph: Path, width: int, *, threads: int | None) -> None:
        super().__init__(folder, width)
        # pip always installs a package beside OpenVINO that reports its use to a statistics
        # service.  What cannot be imported reports nothing, and OpenVINO does without.
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
        import openvino  # type: ignore[import-untyped] # noqa: PLC0415

        settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1}
        if threads is not None:
            settings["INFERENCE_NUM_THREADS"] = threads
        self._compiled: Any = openvino.Core().compile_model(str(graph), "CPU", settings)

    @override
    def _pooled(self, ids: Ids, mask: Ids) -> Array:
        vectors: Array = self._compiled([ids, mask])[0]
        return vectors.copy()  # the next call writes where this one lies
