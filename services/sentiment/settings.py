"""What one scoring process is told from outside."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SentimentSettings(BaseSettings):
    """Read once, in ``main``; passed down as arguments; imported nowhere else."""

    model_config = SettingsConfigDict(
        env_prefix="BAROGRAPH_SENTIMENT_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    broker: str = "127.0.0.1:9092"
    embedded: bool = False
    """The broker is the one that ``barograph up`` starts."""
    group: str = "sentiment"
    instance: str | None = None
    """Unique among the scorers and kept over a restart, such as the name of a pod."""
    session_s: float | None = Field(default=None, gt=0)
    """After how long a silent member of the group is given up; none leaves what was measured."""
    text_keys: Path
    """File of the keys that texts are sealed with; read only."""
    model: str | None = None
    """Name in the registry; none names its default."""
    weights: Path | None = None
    """Folder of the weights, where it is not the registry's own."""
    threads: int | None = Field(default=None, ge=1)
    """Of the model; a process a core with one each is the fastest.  None is torch's choice."""
    batch_size: int = Field(default=256, ge=1, le=4_096)
    """Most messages scored at once: more can be sorted by length, fewer are done sooner."""
    batch_within_s: float = Field(default=0.05, gt=0, le=1)
    stuck_after_s: float = Field(default=120, ge=5)
    """How long no batch may be done while messages wait; must exceed the slowest batch."""
    probe_host: str = "127.0.0.1"
    probe_port: int = Field(default=8082, ge=0, le=65_535)
    """Where ``/healthz`` and ``/metrics`` are."""
