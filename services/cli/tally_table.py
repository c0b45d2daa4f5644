"""What became of a feed, as a table on the terminal."""

from __future__ import annotations

from rich.table import Table

from services.cli.feed_client import Tally


def tally_table(tally: Tally) -> Table:
    """One row an outcome, and one a reason beneath it."""
    table = Table("outcome", "reason", box=None, pad_edge=False)
    table.add_column("events", justify="right")
    for outcome in ("accepted", "ignored", "refused"):
        table.add_row(outcome, "", f"{tally.outcomes[outcome]:,}")
        for (of, reason), count in sorted(tally.reasons.items()):
            if of == outcome:
                table.add_row("", reason, f"{count:,}")
    return table
