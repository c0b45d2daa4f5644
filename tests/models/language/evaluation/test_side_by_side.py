"""A suite may grow in one language first, or say its cells in another order."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from rich.console import Console

from models.language.evaluation import card, printing, side_by_side
from models.language.evaluation.bias import Gap
from models.language.evaluation.functional import ALL, Cell
from models.language.evaluation.measured import Report
from models.language.heads import Origin
from models.language.labels import Language

CELLS: Mapping[Language, Sequence[Cell]] = {
    Language.EN: [Cell("irony", 4, 1), Cell("past", 4, 2), Cell(ALL, 8, 3)],
    Language.NL: [Cell("past", 4, 4), Cell("irony", 4, 3), Cell("new", 5, 2), Cell(ALL, 13, 9)],
    Language.FR: [Cell("irony", 4, 0), Cell(ALL, 4, 0)],
}
GAPS: Mapping[Language, Sequence[Gap]] = {
    Language.EN: [Gap("age", 4, "conflict", "old", "young", 0.1)],
    Language.NL: [
        Gap("names", 4, "growth", "a", "b", 0.2), Gap("age", 4, "conflict", "a", "b", 0.3),
    ],
    Language.FR: [],
}  # fmt: skip


def test_what_has_one_name_stands_in_one_row_and_the_total_comes_last() -> None:
    rows = dict(side_by_side.joined(CELLS, lambda cell: cell.name, last=ALL))

    assert list(rows) == ["irony", "past", "new", ALL]
    assert rows["irony"] == [CELLS[Language.EN][0], CELLS[Language.NL][1], CELLS[Language.FR][0]]
    assert rows["past"] == [CELLS[Language.EN][1], CELLS[Language.NL][0], None]
    assert rows["new"] == [None, CELLS[Language.NL][2], None]
    assert rows[ALL] == [own[-1] for own in CELLS.values()]


def test_a_table_prints_each_share_under_its_own_name() -> None:
    written = io.StringIO()

    printing.functional(Console(file=written, width=120), CELLS)

    lines = {
        words[0]: words[1:] for line in written.getvalue().splitlines() if (words := line.split())
    }
    assert lines["irony"] == ["0.250*", "0.750*", "0.000*"]
    assert lines["past"] == ["0.500*", "1.000"]
    assert lines["new"] == ["0.400*"]


def test_a_card_leaves_blank_what_a_language_lacks() -> None:
    report = Report("m", dict.fromkeys([*Language, ALL], 1), {}, [], [], {}, {}, [], [], [])

    text = card.written(
        report, cells=CELLS, gaps=GAPS, folds={}, origin=Origin({}, 0), size=1, rate=1
    )

    for line in (
        "| irony | 4 | 0.25 | 0.75 | 0.00 |",
        "| past | 4 4 0 | 0.50 | 1.00 |  |",
        "| new | 0 5 0 |  | 0.40 |  |",
        "| all | 8 13 4 | 0.38 | 0.69 | 0.00 |",
        "| age | 0.100 (conflict) | 0.300 (conflict) |  |",
        "| names |  | 0.200 (growth) |  |",
    ):
        assert f"\n{line}\n" in text
