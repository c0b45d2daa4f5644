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
    fast = _wide() and (_has_matrices() or torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001
    return torch.bfloat16 if fast else torch.float32


def fastest() -> torch.dtype:
    """Eight bits where the processor adds up their products in one step, else ``precision``.

    That is twice the speed of its bfloat16, four times that of single precision.  Units for whole
    matrices are as fast in bfloat16.
    """
    steps = _wide() and torch.cpu._is_vnni_supported()  # noqa: SLF001
    return torch.int8 if steps and not _has_matrices() else precision()


def _wide() -> bool:
    return torch.backends.cpu.get_cpu_capability() == "AVX512"


def _has_matrices() -> bool:
    return torch.cpu._is_amx_tile_supported()  # noqa: SLF001 - no public name yet


class TorchEngine(Engine):
    """The default: packed tokens, no padding in the multiplications; on a GPU where there is one.

    Args:
        folder: What ``weights.build`` made.
        encoder: The network.
        threads: Threads of one multiplication, for the whole process; None leaves it to torch.
            More threads than idle cores are far slower than one.
        dtype: Of the computation on a processor; None chooses by the processor.
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
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        own = torch.bfloat16 if self._device == "cuda" else dtype or fastest()
        self._encoder = encoder.to(self._device).narrowed(own)
        super().__init__(folder, self._encoder.width)

    @override
    def _pooled(self, ids: Ids, mask: Ids) -> Array:
        with torch.inference_mode():
            on = (torch.from_numpy(one).to(self._device) for one in (ids, mask))
            pooled = self._encoder(*on)
        vectors: Array = pooled.float().cpu().numpy()
        return vectors
