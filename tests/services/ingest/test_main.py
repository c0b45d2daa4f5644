"""The start: it stops without a valid policy or with wrong settings, and shows neither."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.contracts import governance
from tests.fakes.ingest import POLICY

HERE = Path(__file__).parents[3]


def start(folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "DATABASE": folder / "gateway.db",
        "SPOOL": folder / "spool.db",
        "TEXT_KEYS": folder / "text_keys.db",
        "GOVERNANCE": folder / "governance.yaml",
        "POLICY_PUBLIC_KEY": folder / "policy.pub",
        **changes,
    }
    environment = {f"BAROGRAPH_INGEST_{name}": str(value) for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "services.ingest.main"],
        cwd=HERE,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def signed(folder: Path, **changes: object) -> None:
    """Put a policy and its key into *folder*."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    document = governance.sign({**POLICY, **changes}, private)
    (folder / "policy.pub").write_bytes(public)
    (folder / "governance.yaml").write_text(yaml.safe_dump(document))


def test_without_a_policy_nothing_starts_and_nothing_is_opened(tmp_path: Path) -> None:
    ended = start(tmp_path)

    assert (ended.returncode, ended.stderr, ended.stdout) == (78, "missing\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"expires": "2026-01-06"}, "expired", id="expired"),
        pytest.param(None, "altered", id="altered"),
    ],
)
def test_a_policy_that_is_not_in_force_stops_the_start(
    tmp_path: Path, change: dict[str, object] | None, reason: str
) -> None:
    signed(tmp_path, **(change or {}))
    if change is None:
        path = tmp_path / "governance.yaml"
        path.write_text(path.read_text().replace("Acme", "Canary"))

    ended = start(tmp_path)

    assert (ended.returncode, ended.stderr, ended.stdout) == (78, f"{reason}\n", "")


def test_a_short_secret_stops_the_start_and_is_not_shown(tmp_path: Path) -> None:
    signed(tmp_path)

    ended = start(tmp_path, SLACK_SIGNING_SECRET="canary")  # noqa: S106 - not a secret

    assert ended.returncode == 78
    assert "slack_signing_secret" in ended.stderr
    assert "canary" not in ended.stderr + ended.stdout
