"""Parts the rows for cross-validation, so that nothing nearly the same is on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from models.language.corpus import doubles, split
from models.language.heads import Array
from models.language.training.rows import REAL, Row

FOLDS: Final = 5
ALL: Final = "all"
Fold: TypeAlias = int | Literal["all"]
"""One of the folds, or every row that is in any of them."""

FILE: Final = "left_out.safetensors"
_IDS: Final = "ids"


class FoldsInvalid(Exception):
    """There are none, or they are of other rows."""


def parted(rows: Sequence[Row], fold: Fold) -> tuple[list[Row], list[Row]]:
    """What is learnt from, and the rows of *fold*, which is left out.

    Only rows of the corpus and real ones with our labels are ever left out; whatever nearly
    equals a text of the fold is in neither.
    """
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        out = (row.corpus or row.real) and fold in {ALL, split.fold(row.id, FOLDS)}
        sides[out].append(row)
    rest, left_out = sides
    near = doubles.near([row.text for row in rest], [row.text for row in left_out])
    return [row for place, row in enumerate(rest) if place not in near], left_out


def save(path: Path, left_out: Sequence[Row], logits: Mapping[str, Tensor]) -> None:
    """Write what runs say of the rows that they never saw, in their order.

    Args:
        path: A safetensors file; the ids are in its metadata.
        left_out: The rows.
        logits: Of each family, shape ``(n, labels)``.
    """
    ids = " ".join(row.id for row in left_out)
    save_file({name: values.half() for name, values in logits.items()}, path, {_IDS: ids})


def load(
    folder: Path, rows: Sequence[Row], *, partial: bool = False
) -> tuple[list[Row], dict[str, Array]]:
    """What the runs in or below *folder* say of those of *rows* that each of them left out.

    Real rows are left away where *rows* has none of them: their texts are not everywhere.

    Args:
        folder: Of one file, or of the folders of several runs.
        rows: All that may be in them.
        partial: Whether fewer than all folds will do, which is enough to try the path and for
            no threshold that anybody uses.

    Returns:
        The rows, and of each family the logits, shape ``(n, labels)``.

    Raises:
        FoldsInvalid: no run has left a fold out, a fold was left out by none, two left out the
            same row, or one a row that there is not.
    """
    known = {row.id: row for row in rows}
    ids: list[str] = []
    parts: dict[str, list[Array]] = {}
    for path in sorted([*folder.glob(FILE), *folder.glob(f"*/{FILE}")]):
        with safe_open(path, framework="numpy") as file:
            ids += file.metadata()[_IDS].split()
            for family in file.keys():  # noqa: SIM118 - no mapping
                parts.setdefault(family, []).append(file.get_tensor(family).astype(np.float32))
    if not ids:
        raise FoldsInvalid(f"no run below {folder} has left a fold out")
    if len(set(ids)) < len(ids):
        raise FoldsInvalid(f"two runs below {folder} left the same row out")
    elsewhere = not any(row.real for row in rows)
    kept = [n for n, one in enumerate(ids) if not (elsewhere and one.startswith(REAL))]
    if strangers := {ids[n] for n in kept} - known.keys():
        raise FoldsInvalid(f"{len(strangers)} rows below {folder} are not in the corpus any more")
    missing = set(range(FOLDS)) - {split.fold(ids[n], FOLDS) for n in kept}
    if missing and not partial:
        told = ", ".join(map(str, sorted(missing)))
        raise FoldsInvalid(
            f"no run below {folder} has left fold {told} out: --partial goes without"
        )
    logits = {name: np.concatenate(own)[kept] for name, own in parts.items()}
    return [known[ids[n]] for n in kept], logits
