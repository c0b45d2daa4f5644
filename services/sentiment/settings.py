"""What one scoring process is told from outside."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from models.language.registry import Runs
from services.process.settings import WorkerSettings


class SentimentSettings(WorkerSettings):
    """Read once, in ``main``; passed down as arguments; imported nowhere else."""

    model_config = SettingsConfigDict(env_prefix="BAROGRAPH_SENTIMENT_")

    group: str = "sentiment"
    text_keys: Path
    """File of the keys that texts are sealed with; read only."""
    model: str | None = None
    """Name in the registry; none names its default."""
    weights: Path | None = None
    """Folder of the weights, where it is not the registry's own."""
    engine: Runs = Runs.TORCH
    """What multiplies; the others are extras to install, with graphs to export once."""
    threads: int | None = Field(default=None, ge=1)
    """Of the model; a process a core with one each is the fastest.  None is torch's choice."""
    batch_size: int = Field(default=256, ge=1, le=4_096)
    """Most messages scored at once: more can be sorted by length, fewer are done sooner."""
    probe_port: int = Field(default=8082, ge=0, le=65_535)
