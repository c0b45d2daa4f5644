"""What an installation of one machine needs before its first event: a policy, keys, patience."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx2
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.contracts import governance, policy_document
from services.contracts.access import Scope, generate
from services.embedded.installation import Installation
from services.ingest.api_keys import ApiKeys
from services.ingest.gateway_database import open_gateway_database

DEMO_POLICY: Final = Path(__file__).parents[2] / "deploy" / "policies" / "demo.yaml"
DEMO_LIFE: Final = timedelta(days=30)


def sign_demo_policy(installation: Installation, now: datetime) -> None:
    """Put the demo policy in force for a month, under a key that is forgotten at once.

    It admits synthetic sources alone, so nobody's decision is needed.

    Raises:
        PolicyInvalid: the demo policy of this release is not allowed.
    """
    document = policy_document.read(DEMO_POLICY)
    document["expires"] = (now + DEMO_LIFE).date()
    key = Ed25519PrivateKey.generate()
    signed = governance.sign(document, key)
    installation.policy.write_text(yaml.safe_dump(signed, allow_unicode=True), "utf-8")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    installation.policy_key.write_bytes(public)


def make_key(installation: Installation, scopes: Iterable[Scope], now: datetime) -> str:
    """Return a new API key of the gateway, in force for a month."""
    token, record = generate(scopes, now + DEMO_LIFE, created=now, label="demo")
    engine = open_gateway_database(installation.gateway_db)
    try:
        ApiKeys(engine).add(record)
    finally:
        engine.dispose()
    return token


async def ready(installation: Installation, *, seconds: float) -> bool:
    """Return whether both services that are asked over HTTP say so within *seconds*."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    waiting = {f"{installation.ingest_url}/readyz", f"{installation.alerts_url}/readyz"}
    async with httpx2.AsyncClient(trust_env=False, timeout=5) as http:
        while waiting and loop.time() < deadline:
            for address in sorted(waiting):
                try:
                    if (await http.get(address)).is_success:
                        waiting.discard(address)
                except httpx2.TransportError:
                    pass
            await asyncio.sleep(0.2)
    return not waiting
