"""Runs the encoder on PyTorch."""

from __future__ import annotations

from pathlib import Path

import torch
from typing_extensions import override

from models.language.engine import Array, Engine, Ids
from models.language.network import Encoder


def precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware, elsewhere single precision.

    Without such units bfloat16 is emulated and several times slower.
    """
    capability = torch.backends.cpu.get_cpu_capability()
    matrices = torch.cpu._is_amx_tile_supported()  # noqa: SLF001 - no public name yet
    dots = torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 - no public name yet
    fast = capability == "AVX512" and (matrices or dots)
    return torch.bfloat16 if fast else torch.float32


class TorchEngine(Engine):
    """The default: packed tokens, no padding in the multiplications.

    Args:
        folder: What ``weights.build`` made.
        encoder: The network.
        threads: Threads of one multiplication, for the whole process; None leaves it to torch.
            More threads than idle cores are far slower than one.
        dtype: Of the computation; None chooses by the processor.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        *,
        threads: int | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self._encoder = encoder.narrowed(dtype or precision())
        super().__init__(folder, self._encoder.width)

    @override
    def _pooled(self, ids: Ids, mask: Ids) -> Array:
        with torch.inference_mode():
            pooled = self._encoder(torch.from_numpy(ids), torch.from_numpy(mask))
        vectors: Array = pooled.float().numpy()
        return vectors
