"""How often a feeling is named, and how often rightly: what abstaining costs and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

from models.language.figures import Flags, Places
from models.language.heads import Array


@dataclass(frozen=True, slots=True)
class Abstention:
    """Coverage and accuracy of some texts.

    Attributes:
        named: Share of them whose feeling is named.
        right: Share whose likeliest feeling is the true one, named or not.
        right_named: The same of those that are named; 0 where none is.
    """

    named: float
    right: float
    right_named: float


def measured(truth: Places, p: Array, sure: Flags) -> Abstention:
    """Of ``n`` texts, at least one.

    Args:
        truth: Shape ``(n,)``: the place of the true feeling.
        p: Shape ``(n, 3)``: what the feelings were said to be likely.
        sure: Shape ``(n,)``: where one is named.

    Source:
        El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification",
        JMLR 11: coverage and selective risk.
    """
    right = p.argmax(axis=1) == truth
    return Abstention(
        named=float(sure.mean()),
        right=float(right.mean()),
        right_named=float(right[sure].mean()) if sure.any() else 0.0,
    )
