"""Tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from models.language.evaluation import side_by_side
from models.language.evaluation.abstention import Abstention
from models.language.evaluation.bias import Gap
from models.language.evaluation.cross_validation import Figures
from models.language.evaluation.functional import ALL, Cell
from models.language.evaluation.measured import Beside, Report
from models.language.labels import Language, Sentiment

LOWEST_SHARE, WIDEST_GAP = 0.9, 0.02
"""What a model should reach in the suites; a table marks what falls short."""


def folds(console: Console, found: Mapping[str, Sequence[Figures]]) -> None:
    """What cross-validation came to."""
    for kind, lines in found.items():
        table = _table(
            f"Cross-validated on {kind} messages", "texts", "macro-F1 (95 % interval)", "ECE"
        )
        mixed = _table(
            f"Taken for each other, {kind} messages", "mobility for turnover", "the reverse"
        )
        for line in lines:
            for family in ("sentiment", "signals", "drivers"):
                f1, ece = getattr(line, family), getattr(line, f"{family}_ece")
                table.add_row(f"{line.language} {family}", str(line.texts), str(f1), f"{ece:.3f}")
            shares = (line.mobility_as_turnover, line.turnover_as_mobility)
            mixed.add_row(line.language, *(f"{share:.1%}" for share in shares))
        console.print(table)
        console.print(mixed)
        _named(console, f"{kind} messages", {line.language: line.abstention for line in lines})


def report(console: Console, found: Report) -> None:
    """The held-out messages, beside the rivals, and the public sets."""
    table = _table(
        f"{found.model} on the held-out tenth of the synthetic corpus",
        *("texts", "macro-F1 (95 % interval)", "average precision", "ECE"),
    )
    for head in found.heads:
        table.add_row(
            f"{head.language} {head.family}",
            str(found.texts[head.language]),
            str(head.f1),
            *(f"{value:.3f}" for value in (head.average_precision, head.ece)),
        )
    console.print(table)
    told = ", ".join(f"{name} {value:.3f}" for name, value in found.language_accuracy.items())
    console.print(f"language recognised: {told}")
    _confusions(console, found)
    _named(console, "held-out messages", found.abstention)
    labels = _table("F1 / average precision by label", *found.texts)
    for name in dict.fromkeys(one.label for one in found.labels):
        own = {one.language: one for one in found.labels if one.label == name}
        cells = (own.get(language) for language in found.texts)
        labels.add_row(
            name, *(f"{c.f1:.2f} / {c.average_precision:.2f}" if c else "" for c in cells)
        )
    console.print(labels)
    _beside(console, "Macro-F1 beside others, held-out messages", found.beside)
    if found.transfer:
        _beside(console, "Sentiment beside others, public test sets", found.transfer)
    else:
        console.print("public test sets: skipped, their folder is not on this machine")


def _confusions(console: Console, found: Report) -> None:
    feelings = [str(one) for one in Sentiment]
    table = _table("Sentiment: texts of each feeling by what was said", *feelings)
    for language, counts in found.confusion.items():
        for name, row in zip(feelings, counts, strict=True):
            table.add_row(f"{language} {name}", *map(str, row))
    console.print(table)
    several = _table("Found + said wrongly - missed, by label", *found.texts)
    for name in dict.fromkeys(one.label for one in found.confusions):
        own = (str(one) for one in found.confusions if one.label == name)
        several.add_row(name, *own)
    console.print(several)


def _named(console: Console, what: str, found: Mapping[str, Abstention]) -> None:
    table = _table(
        f"Feelings that are named, {what}", "named", "right of all", "right of those named"
    )
    for language, one in found.items():
        shares = (one.named, one.right, one.right_named)
        table.add_row(language, *(f"{share:.1%}" for share in shares))
    console.print(table)


def _beside(console: Console, title: str, lines: Sequence[Beside]) -> None:
    table = _table(title, "texts", *lines[0].f1)
    for line in lines:
        figures = (f"{value:.3f}" if value is not None else "" for value in line.f1.values())
        table.add_row(f"{line.language} {line.what}", str(line.texts), *figures)
    console.print(table)


def functional(console: Console, found: Mapping[Language, Sequence[Cell]]) -> None:
    """A row a cell, a column a language; what falls short is marked."""
    table = _table(
        f"Functional suite: share of cases passed (below {LOWEST_SHARE:.0%}: *)", *map(str, found)
    )
    for name, cells in side_by_side.joined(found, lambda cell: cell.name, last=ALL):
        shares = (_marked(c.share, c.share < LOWEST_SHARE) if c else "" for c in cells)
        table.add_row(name, *shares)
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
