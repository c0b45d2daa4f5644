"""Fits the committed heads: ``python -m models.language.training.fit_heads``."""

from __future__ import annotations

import re
import sys

from models.language import heads, network, registry
from models.language.digest import sha256
from models.language.engine_torch import TorchEngine
from models.language.heads import Origin
from models.language.training import fitting, rows, vectors
from models.language.weights import build

LAYERS = (1, 3, 5, 7, 8)
"""Read side by side, which costs nothing: low layers know the words, higher ones the sense.

What lies above the eighth costs a third of the time more and adds nothing."""

_REGISTRY = build.REGISTRY


def version() -> str:
    """Of the vectors: the encoder's digest and the layers."""
    digest = sha256(build.FOLDER / "model.safetensors")[:12]
    return f"{digest}-{'-'.join(map(str, LAYERS))}"


def main() -> None:
    """Embed, fit, write the heads and their digest."""
    gathered = rows.gathered()
    sources = rows.sources(gathered)
    for source, count in sources.items():
        sys.stdout.write(f"{source}: {count} rows\n")
    engine = TorchEngine(build.FOLDER, network.load(build.FOLDER, LAYERS))
    found = vectors.embedded([row.text for row in gathered], engine=engine, version=version())
    path = registry.FOLDER / "heads.safetensors"
    heads.save(fitting.fitted(found, gathered, LAYERS), path, Origin(sources, 0.0))
    digest = sha256(path)
    text = _REGISTRY.read_text("utf-8")
    _REGISTRY.write_text(
        re.sub(r'(?m)(heads = "heads.safetensors"\nsha256 = ")\w*', rf"\g<1>{digest}", text)
    )
    sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes, sha256 {digest}\n")


if __name__ == "__main__":
    main()
