"""What one ingest process is told from outside."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretBytes
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """Read once, in ``main``; passed down as arguments; imported nowhere else."""

    model_config = SettingsConfigDict(
        env_prefix="BAROGRAPH_INGEST_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8410, ge=0, le=65_535)
    broker: str = "127.0.0.1:9092"
    embedded: bool = False
    """The broker is the one that ``barograph up`` starts."""

    database: Path
    """The gateway's own file: directory, opt-outs, API keys, pseudonym keys."""
    spool: Path
    text_keys: Path
    """Shared with the scorer, which reads it."""
    governance: Path
    policy_public_key: Path
    """Of whoever signs the policy: without a valid one, nothing starts."""
    slack_signing_secret: SecretBytes | None = Field(default=None, min_length=16)
    """Without it the Slack route is not there."""

    text_life: timedelta = Field(default=timedelta(hours=24), gt=timedelta(0))
    """The policy's counts where it is shorter."""
    spool_capacity: int = Field(default=1_000_000, gt=0)
    """Rows; about half a kilobyte each."""
    max_body_bytes: int = Field(default=256 * 1024, gt=0)
    max_batch_bytes: int = Field(default=4 * 1024 * 1024, gt=0)
    max_batch_events: int = Field(default=1_000, gt=0)
    max_directory_bytes: int = Field(default=64 * 1024 * 1024, gt=0)
    events_per_s: int = Field(default=20_000, gt=0)
    """For each API key; a burst may bring twice as much."""
