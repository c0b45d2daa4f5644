"""``make chaos``: the line under faults and load, and whether every event was counted once."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import click

from tests.bench.__main__ import machine
from tests.broker import kafka
from tests.chaos.run import Found, Terms, run


@click.command()
@click.option(
    "--stack",
    type=click.Choice(["embedded", "kafka", "cluster"]),
    default="kafka",
    show_default=True,
    help="Tansu and SQLite; Apache Kafka and PostgreSQL; the same with three brokers.",
)
@click.option(
    "--windows",
    type=click.Choice(["open", "closed"]),
    default="closed",
    show_default=True,
    help="Messages of the last hours, or of fifteen weeks that close meanwhile.",
)
@click.option("--events", default=30_000, show_default=True, help="How many are sent.")
@click.option("--rate", default=50.0, show_default=True, help="Of them a second.")
@click.option("--faults", default=30, show_default=True, help="How many happen meanwhile.")
@click.option("--seed", default=1, show_default=True, help="The same seed is the same run.")
def chaos(  # noqa: PLR0913  one parameter an option
    *, stack: str, windows: str, events: int, rate: float, faults: int, seed: int
) -> None:
    """Send events in disorder while processes die, freeze and lose broker, database and disk.

    Exits with 0 if every accepted event stands in its window exactly once, nothing published was
    restated, the ledger holds and the planted alert was told once; with 1 if not, and with 2 if
    there is nothing to run on.
    """
    if stack != "embedded" and kafka.program() is None:
        click.echo(kafka.ABSENT, err=True)
        sys.exit(2)
    terms = Terms(stack, windows, events, rate, faults, seed)
    click.echo(f"Machine: {machine()}; {terms}")
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(run(terms, Path(folder), click.echo))
    report(found)
    sys.exit(0 if found.exact else 1)


def report(found: Found) -> None:
    """Print what the run came to."""
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for fault, after in found.back:
        name = f"{fault.kind.value} {fault.victim}".strip()
        kinds[name].append(after)
        click.echo(f"{fault.at_s:6.0f} s  {name:32} progress again after {after:5.1f} s")
    click.echo(f"\n{'fault':32} {'times':>5} {'median, s':>9} {'most, s':>9}")
    for name, times in sorted(kinds.items()):
        click.echo(f"{name:32} {len(times):5} {statistics.median(times):9.1f} {max(times):9.1f}")
    click.echo(f"\n{len(found.back)} faults in {found.seconds:.0f} s")
    for check in found.checks:
        wrong = "" if check.holds else f"   WRONG: should be {check.due}"
        click.echo(f"{check.what:48} {check.found}{wrong}")
    click.echo("Every event once." if found.exact else "NOT exact.")


if __name__ == "__main__":
    chaos()
