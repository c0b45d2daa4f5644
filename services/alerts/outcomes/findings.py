"""What readers see of each registered outcome and event: one shape in the database and outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as day
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from services.alerts.tables.outcomes import OUTCOME_FINDING
from services.contracts.registration import Names

OUTCOME: Literal["outcome"] = "outcome"
INTERVENTION: Literal["intervention"] = "intervention"

Silence = Literal["few_months", "many_gaps", "nothing_left", "few_units", "in_panel"]
"""Why lines have no coefficient; ``in_panel``: the one of all units together says it."""
Coefficient = Annotated[float, Field(ge=-1, le=1)]
Shape = TypeVar("Shape", "OutcomeFinding", "InterventionFinding")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MonthShown(_Shown):
    """One month of both lines."""

    month: day = Field(description="Its first day.")
    climate: float | None = Field(description="Valence, -1 to 1; null in a gap.")
    figure: float | None = Field(description="The business figure, a band by its middle.")
    band: tuple[float, float] | None = Field(description="Edges, where a band was imported.")


class AssociationShown(_Shown):
    """How far two lines move together once each one's own past and the season are taken out."""

    lag: int = Field(description="Months by which the climate comes first.")
    strongest_of: int = Field(description="Lags that were looked at; 1 where it was registered.")
    coefficient: Coefficient
    low: Coefficient = Field(description="Lower end of the 95 % interval.")
    high: Coefficient
    p_value: float = Field(description="By permutation; never 0.")
    p_adjusted: float = Field(description="After Benjamini and Hochberg, over all hypotheses.")
    hypotheses: int = Field(description="How many there are.")
    months: int = Field(description="Months that are known in both lines.")
    pairs: int = Field(description="Months of which the coefficient is made.")


class PanelShown(_Shown):
    """The association within units, what is lasting in each and common to all taken out."""

    lag: int
    coefficient: Coefficient
    low: Coefficient
    high: Coefficient
    units: int
    months: int
    pairs: int = Field(description="Months of units of which the coefficient is made.")


class LinesShown(_Shown):
    """Both lines of one unit."""

    unit: str
    months: tuple[MonthShown, ...]
    known: int = Field(description="Months that are known in both lines.")
    association: AssociationShown | None
    silence: Silence | None = Field(description="Why there is no coefficient.")


class OutcomeFinding(_Shown):
    """A business figure beside the climate."""

    id: str
    names: Names
    indicator: str
    good: Literal["higher", "lower"]
    lag: int | None = Field(description="The registered lag; null: the strongest of all.")
    registered: day = Field(description="Day on which this was first in force as it stands.")
    units: tuple[LinesShown, ...]
    panel: PanelShown | None = Field(description="All units together, from ten units on.")


class EffectShown(_Shown):
    """Change of a unit around an event, less the change of everybody else."""

    effect: float = Field(description="In units of valence.")
    low: float
    high: float
    p_value: float = Field(description="Share of dates around which it changed as much.")
    p_adjusted: float
    hypotheses: int
    placebos: int = Field(description="Other dates that it was compared with.")


class ChangeShown(_Shown):
    """One unit of an event; no effect where too little is known around the date."""

    unit: str
    effect: EffectShown | None


class InterventionFinding(_Shown):
    """A dated event and the change around it."""

    id: str
    names: Names
    date: day
    registered: day
    beforehand: bool = Field(description="Whether it was registered on the day itself or before.")
    units: tuple[ChangeShown, ...]


def replace(
    connection: Connection,
    outcomes: Sequence[OutcomeFinding],
    interventions: Sequence[InterventionFinding],
) -> None:
    """Let readers see these and nothing else."""
    connection.execute(OUTCOME_FINDING.delete())
    _write(connection, OUTCOME, outcomes)
    _write(connection, INTERVENTION, interventions)


def outcomes(connection: Connection) -> tuple[OutcomeFinding, ...]:
    """Every registered outcome, in the order of the policy."""
    return _read(connection, OUTCOME, OutcomeFinding)


def interventions(connection: Connection) -> tuple[InterventionFinding, ...]:
    """Every registered event, in the order of the policy."""
    return _read(connection, INTERVENTION, InterventionFinding)


def _write(
    connection: Connection, kind: str, found: Sequence[OutcomeFinding | InterventionFinding]
) -> None:
    for place, each in enumerate(found):
        connection.execute(
            OUTCOME_FINDING.insert().values(
                kind=kind, id=each.id, place=place, body=each.model_dump_json()
            )
        )


def _read(connection: Connection, kind: str, shape: type[Shape]) -> tuple[Shape, ...]:
    bodies = (
        select(OUTCOME_FINDING.c.body)
        .where(OUTCOME_FINDING.c.kind == kind)
        .order_by(OUTCOME_FINDING.c.place)
    )
    return tuple(shape.model_validate_json(body) for body in connection.execute(bodies).scalars())
