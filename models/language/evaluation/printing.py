"""Tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from models.language.evaluation.bias import Gap
from models.language.evaluation.cross_validation import Figures
from models.language.evaluation.functional import Cell
from models.language.evaluation.measured import Report
from models.language.labels import Language

LOWEST_SHARE, WIDEST_GAP = 0.9, 0.02
"""What a model should reach in the suites; a table marks what falls short."""


def folds(console: Console, found: Mapping[str, Sequence[Figures]]) -> None:
    """What cross-validation came to."""
    for kind, lines in found.items():
        table = _table(
            f"Cross-validated on {kind} messages: macro-F1 (95 % interval), ECE, mix-ups",
            "texts",
            *("sentiment", "signals", "drivers"),
            *("ECE", "ECE", "ECE"),
            *("mobility for turnover", "the reverse"),
        )
        for line in lines:
            table.add_row(*line.cells())
        console.print(table)


def report(console: Console, found: Report) -> None:
    """The held-out messages and the public sets."""
    table = _table(
        f"{found.model} on the held-out tenth of the synthetic corpus: macro-F1, ECE",
        "texts",
        "sentiment",
        "words",
        "ECE",
        "signals",
        "words",
        "ECE",
        "drivers",
        "ECE",
        "lang",
    )
    for row in found.held_out:
        table.add_row(*row.cells())
    console.print(table)
    for title, labels in (("signal", found.per_signal), ("driver", found.per_driver)):
        by_label = _table(f"F1 by {title}", "F1")
        for name, value in labels.items():
            by_label.add_row(name, f"{value:.3f}")
        console.print(by_label)
    if not found.transfer:
        console.print("public test sets: skipped, their folder is not on this machine")
        return
    transfer = _table("Sentiment F1 on public test sets", "", "texts", "majority", "words", "model")
    for line in found.transfer:
        transfer.add_row(*line.cells())
    console.print(transfer)


def functional(console: Console, found: Mapping[Language, Sequence[Cell]]) -> None:
    """A row a cell, a column a language; what falls short is marked."""
    table = _table(
        f"Functional suite: share of cases passed (below {LOWEST_SHARE:.0%}: *)", *map(str, found)
    )
    for cells in zip(*found.values(), strict=True):
        table.add_row(cells[0].name, *(_marked(c.share, c.share < LOWEST_SHARE) for c in cells))
    console.print(table)


def bias(console: Console, found: Mapping[Language, Sequence[Gap]]) -> None:
    """A row a language and dimension; what falls short is marked."""
    table = _table(
        f"Bias suite: widest gap between groups in mean probability ({WIDEST_GAP} or more: *)",
        "texts", "gap", "of", "lowest", "highest",
    )  # fmt: skip
    for language, gaps in found.items():
        for gap in gaps:
            table.add_row(
                f"{language} {gap.dimension}",
                str(gap.texts),
                _marked(gap.width, gap.width >= WIDEST_GAP),
                *(gap.label, gap.low, gap.high),
            )
    console.print(table)


def _marked(value: float, short: bool) -> str:  # noqa: FBT001 - a mark, not a mode
    return f"{value:.3f}{'*' if short else ' '}"


def _table(title: str, *columns: str) -> Table:
    table = Table("", title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, justify="right")
    return table
