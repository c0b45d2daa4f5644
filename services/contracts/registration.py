"""Business figures and dated events that a policy registers, before anybody has seen the result."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date as day
from itertools import pairwise
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from models.climate.outcomes.wording import Claim, faults
from models.language.labels import Language
from services.contracts.failures import Fault

LONGEST_LAG: Final = 6
"""Months by which the climate may come before a figure (design study)."""
LEAST_KEPT_MONTHS: Final = 36
"""Months from which a coefficient exists (design study): what is kept for less never has one."""
LEAST_BAND_EDGES: Final = 3
"""Two bands: with one, every value would be the same."""
MAX_LAG: Final = "max_lag"
"""Instead of a lag: the strongest of all, which then pays for having been picked."""

Code = Literal[
    "id_twice",  # another entry of the list has this id
    "level_or_units",  # an outcome names a level of the tree or units, and exactly one of the two
    "unit_twice",
    "money",  # a name holds a word of money: no amount is ever shown
    "bands_not_rising",  # fewer than three edges, or one that is not above the one before
    "bands_of_no_count",  # bands hide counts of few events, and this outcome counts none
    "not_published",  # the policy does not publish the indicator
    "kept_too_short",  # published values are kept for less than a coefficient needs
]
CODES: Final[tuple[Code, ...]] = get_args(Code)

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
UnitId = Annotated[str, Field(min_length=1, max_length=63)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class _Registered(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )


class Names(_Registered):
    """What an entry is called in each language."""

    en: Name
    nl: Name
    fr: Name


class Outcome(_Registered):
    """A monthly business figure that is put beside the climate.

    Attributes:
        id: How files and addresses name it.
        names: How people do.
        indicator: Climate that it is put beside; of no other are sums released.
        level: Level of the unit tree whose units have it, 0 for the whole organisation; or none.
        units: The units that have it, where no level is given.
        good: Which direction is good news.
        lag: Months by which the climate comes first, or ``max_lag``.
        counts_events: Whether a value counts leavers, accidents and the like.
        bands: Edges between which a value may be given instead of a figure, rising.
    """

    id: Id
    names: Names
    indicator: Literal["valence"]
    level: Annotated[int, Field(ge=0, le=10)] | None = None
    units: Annotated[tuple[UnitId, ...], Field(max_length=500)] = ()
    good: Literal["higher", "lower"]
    lag: Literal["max_lag", 0, 1, 2, 3, 4, 5, 6]
    counts_events: bool
    bands: Annotated[tuple[float, ...], Field(max_length=20)] = ()

    @property
    def registered_lag(self) -> int | None:
        """The lag in months; None where the strongest of all is looked for."""
        return None if self.lag == MAX_LAG else self.lag


class Intervention(_Registered):
    """A dated event, such as a new roster, around which the climate of its units is looked at.

    Attributes:
        id: How addresses name it.
        names: How people do.
        date: Local day.
        units: Where it took place.
    """

    id: Id
    names: Names
    date: day
    units: Annotated[tuple[UnitId, ...], Field(min_length=1, max_length=50)]


def refusals(
    outcomes: Sequence[Outcome],
    interventions: Sequence[Intervention],
    *,
    indicators: Collection[str],
    kept_months: int,
) -> tuple[Fault, ...]:
    """Why these may not be registered, place by place; the codes are those of ``Code``.

    Args:
        outcomes: In the order of the policy.
        interventions: The same.
        indicators: What the policy publishes.
        kept_months: How long it keeps that.
    """
    found: list[tuple[str, Code]] = []
    for place, outcome in enumerate(outcomes):
        found += [(f"/outcomes/{place}{at}", code) for at, code in _of_outcome(outcome, indicators)]
    entries: tuple[tuple[str, Sequence[Outcome | Intervention]], ...] = (
        ("outcomes", outcomes),
        ("interventions", interventions),
    )
    for list_name, listed in entries:
        ids = [entry.id for entry in listed]
        for place, entry in enumerate(listed):
            if entry.id in ids[:place]:
                found.append((f"/{list_name}/{place}/id", "id_twice"))
            if len(set(entry.units)) < len(entry.units):
                found.append((f"/{list_name}/{place}/units", "unit_twice"))
    if outcomes and kept_months < LEAST_KEPT_MONTHS:
        found.append(("/retention/published_months", "kept_too_short"))
    return tuple(Fault(pointer, code) for pointer, code in found)


def _of_outcome(outcome: Outcome, indicators: Collection[str]) -> Iterator[tuple[str, Code]]:
    if (outcome.level is None) == (not outcome.units):
        yield "", "level_or_units"
    if outcome.indicator not in indicators:
        yield "/indicator", "not_published"
    if outcome.bands:
        rising = all(low < high for low, high in pairwise(outcome.bands))
        if len(outcome.bands) < LEAST_BAND_EDGES or not rising:
            yield "/bands", "bands_not_rising"
        if not outcome.counts_events:
            yield "/bands", "bands_of_no_count"
    for language in Language:
        said = faults(getattr(outcome.names, language.value), language)
        if any(fault.claim is Claim.MONEY for fault in said):
            yield f"/names/{language.value}", "money"
