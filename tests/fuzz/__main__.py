"""``make fuzz``: requests by the thousand, as OpenAPI allows or forbids; none may break us."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import click

from tests.bench.__main__ import gateway_alone
from tests.journey.line import line

ROOT = Path(__file__).parents[2]
HOOKS = "tests.fuzz.hooks"


@click.command()
@click.option(
    "--cases", default=4_000, show_default=True, help="At most so many for each operation."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same requests.")
def fuzz(cases: int, seed: int) -> None:
    """Send generated requests to a real gateway; exit with 1 if an answer is a 5xx."""
    sys.exit(asyncio.run(run(cases, seed)))


async def run(cases: int, seed: int) -> int:
    """Return the exit status of schemathesis."""
    with tempfile.TemporaryDirectory() as folder:
        async with line(Path(folder), changed=gateway_alone) as running:
            arguments = [
                *("run", f"{running.installation.ingest_url}/openapi.json"),
                *("--header", f"Authorization: {running.headers['Authorization']}"),
                *("--checks", "not_a_server_error"),
                *("--phases", "examples,coverage,fuzzing"),
                *("--max-examples", str(cases)),
                *("--seed", str(seed)),
                "--continue-on-failure",
                *("--suppress-health-check", "all"),
                *("--warnings", "off"),
            ]
            program = str(Path(sys.executable).with_name("schemathesis"))
            process = await asyncio.create_subprocess_exec(
                program, *arguments, cwd=ROOT, env={**os.environ, "SCHEMATHESIS_HOOKS": HOOKS}
            )
            return await process.wait()


if __name__ == "__main__":
    fuzz()
