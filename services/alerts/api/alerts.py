"""``GET /v1/alerts``: what changed in which unit, how much, and how often chance says so."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from models.climate.detection.wave import WaveState
from models.climate.windows import Cadence
from services.alerts.api import documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer
from services.alerts.rules import catalogue, instances
from services.alerts.rules.evaluation import direction_of, false_alarms
from services.alerts.rules.instances import Episode, Instance
from services.alerts.rules.rule import Rule, RuleNames

router = APIRouter(prefix="/v1", tags=["alerts"], dependencies=[Depends(reader)])


class AlertFilter(BaseModel):
    """How much history is wanted."""

    model_config = ConfigDict(extra="forbid")

    episodes: int = Field(50, ge=0, le=200, description="So many of the newest episodes.")


class ChangeOut(BaseModel):
    """How much a unit changed, no finer than its published value."""

    size: float = Field(
        description="Mean valence of the latest weeks less what was usual, beyond the rest of the "
        "organisation.",
        examples=[-0.12],
    )
    interval_90: tuple[float, float] = Field(examples=[(-0.16, -0.08)])
    weeks: int = Field(description="Over how many of the latest weeks.", examples=[4])
    contributors: str = Field(description="In the latest week, as a band.", examples=["25-49"])


class RuleOut(BaseModel):
    """What is looked for, and how often chance alone is taken for it."""

    uid: str = Field(examples=["sustained_drop"])
    version: int
    names: RuleNames
    direction: str = Field(description="drop or rise.", examples=["drop"])
    threshold: float | None = Field(
        description="Standard deviations, of which a rise counts nine tenths; null: not known yet, "
        "and the rule is silent.",
        examples=[4.0],
    )
    false_alarms_a_year: float | None = Field(
        description="In the whole organisation, drops and rises, at the calibrated threshold; "
        "null as long as it is not calibrated."
    )


class AlertOut(BaseModel):
    """An alert that is not over."""

    fingerprint: str = Field(examples=["5f0c2a9e41d7b863"])
    episode: str | None = Field(description="None while it is pending.")
    rule: str = Field(examples=["sustained_drop"])
    names: RuleNames = Field(description="What the rule is called.")
    unit: str = Field(examples=["operations.logistics"])
    severity: str = Field(examples=["warning"])
    state: str = Field(description="pending, firing or recovering.", examples=["firing"])
    cadence: Cadence
    since: date | None = Field(description="First day of the first window of the change.")
    window_start: date = Field(description="First day of the latest window that says so.")
    change: ChangeOut | None = Field(description="null unless it goes on in the latest window.")
    wave: Literal["raised", "clearly_raised"] | None = Field(
        description="Of the rule about leaving; null where that is as usual or not shown, which "
        "is one answer, and for the other rules."
    )


class EpisodeOut(BaseModel):
    """From an alert's firing to its end."""

    id: str
    fingerprint: str
    rule: str = Field(examples=["sustained_drop"])
    names: RuleNames
    unit: str
    severity: str
    fired: date = Field(description="First day of the window that made it fire.")
    ended: date | None = Field(description="First day of the window that ended it.")
    outcome: str | None = Field(
        description="resolved, or withdrawn: of that nothing can be concluded."
    )


class AlertsOut(BaseModel):
    """Alerts that are open, the newest episodes, and the rules in force."""

    alerts: list[AlertOut]
    episodes: list[EpisodeOut]
    rules: list[RuleOut]


def _alert(instance: Instance) -> AlertOut:
    change = instance.change
    return AlertOut(
        fingerprint=instance.fingerprint,
        episode=instance.episode,
        rule=instance.rule.uid,
        names=instance.rule.names,
        unit=instance.unit,
        severity=instance.rule.severity.value,
        state=instance.state.phase.value,
        cadence=instance.rule.cadence,
        since=instance.since,
        window_start=instance.shown_start,
        change=change
        and ChangeOut(
            size=change.size,
            interval_90=change.interval,
            weeks=change.weeks,
            contributors=change.band,
        ),
        wave=_wave(instance.wave),
    )


def _wave(state: WaveState | None) -> Literal["raised", "clearly_raised"] | None:
    match state:
        case WaveState.RAISED:
            return "raised"
        case WaveState.CLEARLY_RAISED:
            return "clearly_raised"
        case _:
            return None


def _rule(rule: Rule) -> RuleOut:
    return RuleOut(
        uid=rule.uid,
        version=rule.version,
        names=rule.names,
        direction=direction_of(rule).value,
        threshold=rule.condition.threshold,
        false_alarms_a_year=false_alarms(rule),
    )


def _episode(episode: Episode) -> EpisodeOut:
    return EpisodeOut(
        id=episode.id,
        fingerprint=episode.fingerprint,
        rule=episode.rule,
        names=episode.names,
        unit=episode.unit,
        severity=episode.severity,
        fired=episode.fired,
        ended=episode.ended,
        outcome=episode.outcome.value if episode.outcome else None,
    )


@router.get(
    "/alerts", response_model=AlertsOut, responses=documents.PROBLEMS, summary="Alerts and episodes"
)
def alerts(
    request: Request, connection: Reading, wanted: Annotated[AlertFilter, Query()]
) -> Response:
    """Answer every alert that is open, what was told before, and the rules in force.

    Each is about a group. It says that something changed, not why, and is not for decisions about
    individuals.
    """
    body = AlertsOut(
        alerts=[_alert(each) for each in instances.shown_instances(connection)],
        episodes=[_episode(each) for each in instances.episodes(connection, wanted.episodes)],
        rules=[_rule(each.rule) for each in catalogue.current(connection)],
    )
    return answer(request, body)
