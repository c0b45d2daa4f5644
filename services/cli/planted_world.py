"""The world of a truth file: its sizes, its organisation, and whether it can happen there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from models.language.corpus.loader import in_category
from models.simulation.bank import held_out_examples
from models.simulation.organisation import organise
from models.simulation.planting.impossible import impossible
from models.simulation.planting.play import PlantedWorld
from models.simulation.planting.shelves import Shelves
from services.cli.truth_file import NotATruth, Sizes, TruthFile

IRONY: Final = "irony"
"""How the corpus calls what says something bad with words of praise."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a simulation is, and its chance."""

    people: int
    weeks: int
    messages: int
    seed: int

    def told(self, sizes: Sizes, given: frozenset[str]) -> Size:
        """This, with what a file says; but what was *given* by hand holds."""
        said = {
            name: value
            for name, value in sizes.model_dump(exclude_none=True).items()
            if name not in given
        }
        return Size(**{**{name: getattr(self, name) for name in Size.__slots__}, **said})


def planted_world(file: TruthFile, size: Size, until: date) -> PlantedWorld:
    """The world of *file* whose last week ends at the start of *until*.

    Raises:
        NotATruth: something in it cannot happen; each entry that cannot is named.
    """
    first_day = until - timedelta(weeks=size.weeks)
    organisation = organise(size.people, seed=size.seed, first_day=first_day)
    truth = file.truth(size.weeks)
    found = impossible(truth, organisation, size.weeks)
    if found:
        raise NotATruth("\n".join(f"{one.entry}: {one.why}" for one in found))
    return PlantedWorld(
        organisation=organisation,
        shelves=Shelves(held_out_examples(), in_category(IRONY)),
        truth=truth,
        first_day=first_day,
        weeks=size.weeks,
        messages=size.messages,
        seed=size.seed,
    )
