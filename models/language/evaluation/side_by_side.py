"""Sets what languages came to side by side, by name: no language need have what another has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from models.language.labels import Language

One = TypeVar("One")


def joined(
    found: Mapping[Language, Sequence[One]], name: Callable[[One], str], *, last: str = ""
) -> Iterator[tuple[str, list[One | None]]]:
    """Each name with what every language has under it, None where it has nothing.

    Args:
        found: Of each language; a name is given once.
        name: Of one of them.
        last: The name that ends the list wherever it stood, such as that of the total.
    """
    by_name = {language: {name(one): one for one in own} for language, own in found.items()}
    names = dict.fromkeys(each for own in by_name.values() for each in own)
    for each in sorted(names, key=lambda each: each == last):
        yield each, [own.get(each) for own in by_name.values()]
