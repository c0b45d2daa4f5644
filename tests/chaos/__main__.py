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
@click.option("--events", default=30_000, show_default=True, help="How many are sent.")
@click.option("--rate", default=50.0, show_default=True, help="Of them a second.")
@click.option("--faults", default=30, show_default=True, help="How many happen meanwhile.")
@click.option("--seed", default=1, show_default=True, help="The same seed is the same run.")
def chaos(stack: str, events: int, rate: float, faults: int, seed: int) -> None:
    """Send events in disorder while processes die, freeze and lose broker and database.

    Exits with 0 if every accepted event stands in its window exactly once, the spool is empty
    and the ledger holds; with 1 if not, and with 2 if there is nothing to run on.
    """
    if stack != "embedded" and kafka.program() is None:
        click.echo(kafka.ABSENT, err=True)
        sys.exit(2)
    terms = Terms(stack, events, rate, faults, seed)
    click.echo(f"Machine: {machine()}; {terms}")
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(run(terms, Path(folder), click.echo))
    report(terms, found)
    sys.exit(0 if found.exact(terms) else 1)


def report(terms: Terms, found: Found) -> None:
    """Print what the run came to."""
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for fault, silence in found.silences:
        kinds[f"{fault.kind.value} {fault.victim}".strip()].append(silence)
    click.echo(f"{'fault':32} {'times':>5} {'longest silence, s: median':>27} {'most':>6}")
    for kind, silences in sorted(kinds.items()):
        most, median = max(silences), statistics.median(silences)
        click.echo(f"{kind:32} {len(silences):5} {median:27.1f} {most:6.1f}")
    click.echo(
        f"{len(found.silences)} faults in {found.seconds:.0f} s; sent {terms.events:,}, "
        f"accepted {found.accepted:,}, refused {found.refused:,}, collected {found.collected:,}, "
        f"late {found.late:,}, owed {found.owed:,}; "
        f"ledger {'holds' if found.ledger else 'is broken'}"
    )
    click.echo("Every event once." if found.exact(terms) else "NOT exact.")


if __name__ == "__main__":
    chaos()
