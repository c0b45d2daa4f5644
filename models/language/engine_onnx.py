"""Runs the encoder on ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime  # type: ignore[import-untyped] # ships no types
from typing_extensions import override

from models.language.engine import Array, Engine, Ids


class OnnxEngine(Engine):
    """In single precision: eight bits that follow each batch would let neighbours move a score.

    Args:
        folder: What ``weights.build`` made.
        graph: What ``weights.export`` made.
        width: Numbers of a vector.
        threads: Threads of one multiplication; None leaves it to the library.
    """

    def __init__(self, folder: Path, graph: Path, width: int, *, threads: int | None) -> None:
        super().__init__(folder, width)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        # Threads that wait by spinning take the processor from the other scorers.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )

    @override
    def _pooled(self, ids: Ids, mask: Ids) -> Array:
        vectors: Array = self._session.run(None, {"ids": ids, "mask": mask})[0]
        return vectors
