"""``make evaluate-detection``: simulate years, mark every claim, write the method page."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import click
from rich.console import Console
from rich.progress import Progress

from tests.detection_quality import report
from tests.detection_quality.claims import Observation
from tests.detection_quality.playing import done, jobs, scored

YEARS: Final = 60
"""Of each preset: a quarter of an hour on two cores."""
QUICK: Final = 4
SEED: Final = 20261130


@click.command()
@click.option(
    "--years",
    type=click.IntRange(1),
    default=YEARS,
    show_default=True,
    help="Simulated years of each preset.",
)
@click.option("--quick", is_flag=True, help=f"{QUICK} years: about a minute, wide intervals.")
@click.option(
    "--seed", type=click.IntRange(0), default=SEED, show_default=True, help="Of all chance."
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="How many play at once.",
)
@click.option("--strict", is_flag=True, help="End with 1 where a target is missed.")
@click.option("--write", is_flag=True, help="Rewrite the table of the method page.")
def main(  # noqa: PLR0913  one parameter an option
    *, years: int, quick: bool, seed: int, processes: int, strict: bool, write: bool
) -> None:
    """Play organisations, with and without something happening, and mark every claim."""
    years = QUICK if quick else years
    console = Console()
    console.print(f"seed {seed}, {years} years of each preset")
    listed = jobs(years, seed)
    marks: list[tuple[str, Observation]] = []
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    with pool, Progress(console=console) as progress:
        bar = progress.add_task("playing", total=len(listed))
        for found in pool.map(done, listed):
            marks += found
            progress.advance(bar)
    scores = scored(marks)
    heading = f"Seed {seed}, {years} simulated years of each preset, organisations of 2,000 people."
    if write:
        page = report.PAGE.read_text("utf-8")
        report.PAGE.write_text(report.written(page, report.table(scores, heading)), "utf-8")
    else:
        console.print(report.table(scores, heading), soft_wrap=True, markup=False, highlight=False)
    for line in report.verdicts(scores):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    missed = [one for one in scores.values() if one.verdict.startswith("missed")]
    sys.exit(1 if strict and missed else 0)


if __name__ == "__main__":
    main()
