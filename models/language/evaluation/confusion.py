"""Where single labels go wrong: of each, the texts by what is true and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from models.language.figures import Flags


@dataclass(frozen=True, slots=True)
class Confusion:
    """The confusion matrix of one label, as yes or no.

    Attributes:
        language: Its code, or ``all``.
        label: A signal or a driver.
        true_positives: Texts that carry it and were said to.
        false_positives: Texts that were said to carry it and do not.
        false_negatives: Texts that carry it and were not said to.
        true_negatives: The rest.
    """

    language: str
    label: str
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @override
    def __str__(self) -> str:
        """The three that F1 is made of, such as ``24 +3 -9``: found, wrongly, missed."""
        return f"{self.true_positives} +{self.false_positives} -{self.false_negatives}"


def counted(language: str, labels: Sequence[str], truth: Flags, found: Flags) -> list[Confusion]:
    """One a label.

    Args:
        language: Of the texts.
        labels: Names of the columns.
        truth: Shape ``(n, labels)``.
        found: Likewise.
    """
    return [
        Confusion(
            language,
            label,
            true_positives=int((true & said).sum()),
            false_positives=int((~true & said).sum()),
            false_negatives=int((true & ~said).sum()),
            true_negatives=int((~true & ~said).sum()),
        )
        for label, true, said in zip(labels, truth.T, found.T, strict=True)
    ]
