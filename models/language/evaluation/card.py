"""Writes the model card of the default from the figures that were just measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template

from models.language import decision
from models.language.evaluation import side_by_side
from models.language.evaluation.abstention import Abstention
from models.language.evaluation.bias import Gap
from models.language.evaluation.cross_validation import Figures
from models.language.evaluation.functional import ALL, Cell
from models.language.evaluation.measured import Beside, Report
from models.language.heads import Origin
from models.language.labels import Language

PATH = Path(__file__).parents[1] / "cards" / "default.md"
_TEMPLATE = PATH.with_name("template.md")

_LICENCES = {
    "corpus": "that of this repository; synthetic, see ../corpus/README.md",
    "corpus additions": "that of this repository; synthetic, see ../corpus/README.md",
    "relabelled sad": "MIT (Mauriello et al. 2021), our labels",
    "relabelled goemotions": "CC BY 4.0 (Demszky et al. 2020), our labels",
    "relabelled se_incivility": "MIT (Ehsani et al. 2024), our labels",
    "relabelled se_sentiment": "MIT (Calefato et al. 2018), our labels",
    "relabelled xed": "CC BY 4.0 (Öhman et al. 2020), our labels",
    "goemotions_sentiment": "CC BY 4.0 (Demszky et al. 2020)",
    "se_sentiment": "MIT (Calefato et al. 2018)",
}


def _rows(cells: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _labels(report: Report) -> Iterable[Sequence[str]]:
    for name in dict.fromkeys(one.label for one in report.labels):
        own = {one.language: one for one in report.labels if one.label == name}
        cells = (own.get(language) for language in report.texts)
        yield f"`{name}`", *(f"{c.f1:.2f} / {c.average_precision:.2f}" if c else "" for c in cells)


def _confusions(report: Report) -> Iterable[Sequence[str]]:
    for name in dict.fromkeys(one.label for one in report.confusions):
        yield f"`{name}`", *(str(one) for one in report.confusions if one.label == name)


def _functional(cells: Mapping[Language, Sequence[Cell]]) -> Iterable[Sequence[str]]:
    for name, row in side_by_side.joined(cells, lambda cell: cell.name, last=ALL):
        sizes = [str(cell.cases) if cell else "0" for cell in row]
        alike = len(set(sizes)) == 1
        yield (
            name,
            sizes[0] if alike else " ".join(sizes),
            *(f"{cell.share:.2f}" if cell else "" for cell in row),
        )


def _bias(gaps: Mapping[Language, Sequence[Gap]]) -> Iterable[Sequence[str]]:
    for name, row in side_by_side.joined(gaps, lambda gap: gap.dimension):
        yield name, *(f"{gap.width:.3f} ({gap.label})" if gap else "" for gap in row)


def _beside(line: Beside) -> Sequence[str]:
    figures = (f"{value:.3f}" if value is not None else "" for value in line.f1.values())
    return line.what, line.language, str(line.texts), *figures


def _folded(kind: str, line: Figures) -> Sequence[str]:
    errors = (line.sentiment_ece, line.signals_ece, line.drivers_ece)
    return (
        *(kind, line.language, str(line.texts)),
        *(str(line.sentiment), str(line.signals), str(line.drivers)),
        " ".join(f"{error:.3f}" for error in errors),
        f"{line.mobility_as_turnover:.1%} {line.turnover_as_mobility:.1%}",
    )


def _named(kind: str, language: str, found: Abstention) -> Sequence[str]:
    shares = (found.named, found.right, found.right_named)
    return kind, language, *(f"{share:.1%}" for share in shares)


def written(  # noqa: PLR0913  one parameter a table
    report: Report,
    *,
    cells: Mapping[Language, Sequence[Cell]],
    gaps: Mapping[Language, Sequence[Gap]],
    folds: Mapping[str, Sequence[Figures]],
    origin: Origin,
    size: int,
    rate: float,
) -> str:
    """The card as Markdown.

    Args:
        report: What was measured.
        cells: Of the functional suite, by language.
        gaps: Of the bias suite, by language.
        folds: By cross-validation, of each kind of messages.
        origin: Where the weights come from.
        size: Their bytes.
        rate: Messages a second.
    """
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        model=report.model,
        rate=f"{rate:.0f}",
        sources=_rows((name, str(count), _LICENCES[name]) for name, count in origin.rows.items()),
        size=f"{size / 1e6:.1f}",
        hours=f"{origin.processor_hours:.1f}",
        folds=_rows(_folded(kind, line) for kind, lines in folds.items() for line in lines),
        floor=f"{decision.FLOOR:.2f}",
        named=_rows(
            [
                *(
                    _named(kind, line.language, line.abstention)
                    for kind, lines in folds.items()
                    for line in lines
                ),
                *(_named("held out", name, one) for name, one in report.abstention.items()),
            ]
        ),
        texts=", ".join(f"{count} {name}" for name, count in report.texts.items()),
        heads=_rows(
            (
                head.language,
                head.family,
                str(head.f1),
                f"{head.average_precision:.3f}",
                f"{head.ece:.3f}",
            )
            for head in report.heads
        ),
        labels=_rows(_labels(report)),
        confusions=_rows(_confusions(report)),
        beside=_rows(map(_beside, report.beside)),
        transfer=_rows(map(_beside, report.transfer)),
        functional=_rows(_functional(cells)),
        bias=_rows(_bias(gaps)),
    )
