"""What every process that reads topics is told; apart, for it costs nothing to import."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WorkerSettings(BaseSettings):
    """What every such process is told."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    broker: str = "127.0.0.1:9092"
    embedded: bool = False
    """The broker is the one that ``barograph up`` starts."""
    group: str
    instance: str | None = None
    """Unique in its group and kept over a restart, such as the name of a pod."""
    session_s: float | None = Field(default=None, gt=0)
    """After how long a silent member of the group is given up; none leaves what was measured."""
    batch_size: int = Field(ge=1, le=4_096)
    """Most records in hand at once."""
    batch_within_s: float = Field(default=0.05, gt=0, le=1)
    stuck_after_s: float = Field(default=120, ge=5)
    """How long no batch may be done while records wait; must exceed the slowest batch."""
    probe_host: str = "127.0.0.1"
    probe_port: int = Field(ge=0, le=65_535)
    """Where ``/healthz`` and ``/metrics`` are."""
