"""Runs the encoder on PyTorch: texts in, vectors out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from models.language import batching, chunks, framing, network

WINDOW = 510
"""Tokens of a text that fit beside the two that frame it."""

BUDGET = 2048
"""Tokens a batch; more does not help once a batch fills the cores."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the encoder makes of some texts.

    Attributes:
        vectors: Shape ``(n, d)``, in the order of the texts.
        tokens: Shape ``(n,)``: tokens of each text; 0 where nothing can be read.
    """

    vectors: NDArray[np.float32]
    tokens: NDArray[np.int64]


def precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware, elsewhere single precision.

    Without such units bfloat16 is emulated and several times slower.
    """
    capability = torch.backends.cpu.get_cpu_capability()
    matrices = torch.cpu._is_amx_tile_supported()  # noqa: SLF001 - no public name yet
    dots = torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 - no public name yet
    fast = capability == "AVX512" and (matrices or dots)
    return torch.bfloat16 if fast else torch.float32


class TorchEngine:
    """An encoder and its tokenizer, on this processor.

    Args:
        folder: What ``weights.build`` made.
        layers: The layers to read, 1 is the first.
        tuned: Weights that take the place of the encoder's own, under the names of `Encoder`.
        threads: Threads of one multiplication, for the whole process; None leaves it to torch.
            More threads than idle cores are far slower than one.
        dtype: Of the computation; None chooses by the processor.
    """

    def __init__(
        self,
        folder: Path,
        layers: Sequence[int],
        *,
        tuned: Mapping[str, Tensor] | None = None,
        threads: int | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._encoder = network.load(folder, layers, tuned).to(dtype or precision())

    def embed(self, texts: Sequence[str]) -> Embedded:
        """One vector a text; any string is taken, the empty one too."""
        ids = framing.cut(self._tokenizer, texts)
        lengths = [len(one) for one in ids]
        pieces = chunks.cut(lengths, window=WINDOW)
        sizes = [piece.size + framing.FRAME for piece in pieces]
        width = self._encoder.width
        vectors = np.zeros((len(pieces), width), np.float32)
        for batch in batching.plan(sizes, budget=BUDGET):
            own = [pieces[place] for place in batch.rows]
            framed, mask = framing.padded(
                (ids[piece.text][piece.start : piece.stop] for piece in own), batch.width
            )
            with torch.inference_mode():
                pooled = self._encoder(torch.from_numpy(framed), torch.from_numpy(mask))
            vectors[list(batch.rows)] = pooled.float().numpy()
        return Embedded(
            chunks.joined(vectors, pieces, texts=len(texts)), np.array(lengths, np.int64)
        )
