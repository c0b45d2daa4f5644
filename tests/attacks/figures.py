"""What the attacks measured, for the table at the end of a run and for ``docs/attacks.md``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        attack: Its number, such as ``A1``.
        what: What was tried.
        without: What it gives where the defence is missing.
        ours: What it gives against Barograph.
    """

    attack: str
    what: str
    without: str = ""
    ours: str = ""


FIGURES: Final[list[Figure]] = []


def note(attack: str, what: str, *, without: str = "", ours: str = "") -> None:
    """Keep a figure; the two halves of a line may come from two tests."""
    for place, known in enumerate(FIGURES):
        if (known.attack, known.what) == (attack, what):
            FIGURES[place] = Figure(attack, what, without or known.without, ours or known.ours)
            return
    FIGURES.append(Figure(attack, what, without, ours))


def lines() -> list[str]:
    """The table, by number of the attack."""
    listed = sorted(FIGURES, key=lambda figure: int(figure.attack[1:]))
    wide = max((len(figure.what) for figure in listed), default=0)
    middle = max((len(figure.without) for figure in listed), default=0)
    head = f"{'':4} {'what is tried':{wide}}  {'without the defence':{middle}}  ours"
    return [
        head,
        *(f"{f.attack:4} {f.what:{wide}}  {f.without:{middle}}  {f.ours}" for f in listed),
    ]
