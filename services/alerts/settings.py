"""What the alerts service and the collector are told from outside."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.process.settings import WorkerSettings


class CollectorSettings(WorkerSettings):
    """Read once, in ``worker``; passed down as arguments; imported nowhere else."""

    model_config = SettingsConfigDict(env_prefix="BAROGRAPH_ALERTS_")

    database: str
    """URL of PostgreSQL, or the path of a SQLite file."""
    group: str = "collector"
    batch_size: int = Field(default=500, ge=1, le=4_096)
    probe_port: int = Field(default=8430, ge=0, le=65_535)


class AlertsSettings(BaseSettings):
    """Read once, in ``main``; passed down as arguments; imported nowhere else."""

    model_config = SettingsConfigDict(
        env_prefix="BAROGRAPH_ALERTS_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    database: str
    """URL of PostgreSQL, or the path of a SQLite file."""
    reader_database: str | None = None
    """The same database with the rights of a reader, for all that people read; else `database`."""
    governance: Path
    """The policy: without a valid one, nothing starts."""
    policy_public_key: Path
    """Public key of whoever signs the policy."""
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65_535)
    endpoint_key: Path
    """File whose key encrypts the secrets of webhooks; made if it is missing."""
    own_networks: str = ""
    """Networks that are not public and that webhooks may go to, such as 10.20.0.0/16."""
    reader_token: SecretStr | None = Field(default=None, min_length=16)
    """What readers must show; without it we listen on a loopback address alone."""

    @model_validator(mode="after")
    def _open_on_loopback_alone(self) -> Self:
        if self.reader_token is None and not _is_loopback(self.host):
            raise ValueError("set a reader token, or listen on a loopback address")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
