"""Progress on the terminal: the simulated week, how many events, how fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text
from typing_extensions import override

from services.cli.playing import Progress


class RateColumn(ProgressColumn):
    """Events a second, over the last half minute."""

    @override
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or task.finished_speed or 0:,.0f}/s")


def bar(console: Console) -> Bar:
    """An empty bar, with a description in front."""
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        console=console,
    )


@contextmanager
def progress_bar(console: Console, expected: int) -> Iterator[Callable[[Progress], None]]:
    """A bar for the simulated feed; hand what this yields to ``play_feed``."""
    with bar(console) as drawn:
        task = drawn.add_task("directory", total=expected)

        last = 0

        def show(progress: Progress) -> None:
            nonlocal last
            sent = progress.tally.sent
            if not console.is_terminal and progress.week > last:  # a log gets a line a week
                last = progress.week
                console.print(f"week {last} of {progress.weeks}: {sent:,} events sent so far")
            drawn.update(
                task,
                description=f"week {progress.week} of {progress.weeks} ({progress.at:%Y-%m-%d})",
                completed=sent,
                total=max(expected, sent),
            )

        yield show
