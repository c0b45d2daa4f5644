"""Findings from inputs: which units are compared how, and how many hypotheses that makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.outcomes.association import Association, association
from models.climate.outcomes.intervention import InterventionEffect, intervention_effect
from models.climate.outcomes.multiplicity import adjusted
from models.climate.outcomes.panel import LEAST_UNITS, PanelAssociation, panel_association
from models.climate.outcomes.seed import chance_of, digest_of
from models.climate.outcomes.series import LEAST_MONTHS, LEAST_PEOPLE, MonthlyPair, paired
from models.climate.windows import Cadence
from services.alerts.outcomes.figures import Figure, belongs
from services.alerts.outcomes.findings import (
    AssociationShown,
    ChangeShown,
    EffectShown,
    InterventionFinding,
    LinesShown,
    MonthShown,
    OutcomeFinding,
    PanelShown,
    Silence,
)
from services.alerts.outcomes.inputs import Inputs
from services.contracts.registration import Intervention, Outcome

DECIMALS: Final = 2
"""Of valences and coefficients, as of published valences."""
P_DECIMALS: Final = 3
"""Of p-values: a thousand orders are looked at."""

Key = tuple[str, str]
Adjusted = Mapping[Key, float]


def outcome_findings(
    outcomes: Sequence[Outcome], inputs: Inputs, registered: Mapping[str, date]
) -> tuple[OutcomeFinding, ...]:
    """What is to be seen of each outcome.

    From ``LEAST_UNITS`` long lines on, and with a registered lag, all units make one coefficient;
    otherwise each unit has its own, and all of them over all outcomes are one family of hypotheses.

    Args:
        outcomes: Of the policy.
        inputs: What is known.
        registered: First day of each, by id.
    """
    pairs = {outcome.id: _pairs(outcome, inputs) for outcome in outcomes}
    together = {o.id: _panel(o, pairs[o.id]) for o in outcomes if _makes_panel(o, pairs[o.id])}
    alone = {
        (outcome.id, pair.unit): _association(outcome, pair)
        for outcome in outcomes
        if outcome.id not in together
        for pair in pairs[outcome.id]
    }
    shares = _adjusted({key: a.p_value for key, (a, _) in alone.items() if a is not None})
    return tuple(
        OutcomeFinding(
            id=outcome.id,
            names=outcome.names,
            indicator=outcome.indicator,
            good=outcome.good,
            lag=outcome.registered_lag,
            registered=registered[outcome.id],
            units=tuple(
                _lines(
                    pair,
                    inputs.figures.get((outcome.id, pair.unit), ()),
                    *_shown(pair, outcome, alone.get((outcome.id, pair.unit)), shares),
                )
                for pair in pairs[outcome.id]
            ),
            panel=together.get(outcome.id),
        )
        for outcome in outcomes
    )


def intervention_findings(
    interventions: Sequence[Intervention], inputs: Inputs, registered: Mapping[str, date]
) -> tuple[InterventionFinding, ...]:
    """What is to be seen around each event; all of them are one family of hypotheses."""
    effects = {
        (event.id, unit): _effect(event.date, unit, inputs)
        for event in interventions
        for unit in event.units
    }
    shares = _adjusted({key: found.p_value for key, found in effects.items() if found is not None})
    return tuple(
        InterventionFinding(
            id=event.id,
            names=event.names,
            date=event.date,
            registered=registered[event.id],
            beforehand=registered[event.id] <= event.date,
            units=tuple(
                ChangeShown(
                    unit=unit,
                    effect=_effect_shown(effects[event.id, unit], (event.id, unit), shares),
                )
                for unit in event.units
            ),
        )
        for event in interventions
    )


def _pairs(outcome: Outcome, inputs: Inputs) -> tuple[MonthlyPair, ...]:
    """Lines of every unit that the outcome was registered for, in the order of the tree."""
    return tuple(
        paired(
            unit.id,
            inputs.statistics.get(unit.id, ()),
            [
                month
                for figure in inputs.figures.get((outcome.id, unit.id), ())
                if (month := figure.business) is not None
            ],
        )
        for unit in inputs.units.values()
        if belongs(outcome, unit) and unit.eligible >= LEAST_PEOPLE
    )


def _makes_panel(outcome: Outcome, pairs: Sequence[MonthlyPair]) -> bool:
    long = sum(pair.known >= LEAST_MONTHS for pair in pairs)
    return outcome.registered_lag is not None and long >= LEAST_UNITS


def _panel(outcome: Outcome, pairs: Sequence[MonthlyPair]) -> PanelShown | None:
    lag = outcome.registered_lag
    assert lag is not None
    chance = chance_of(digest_of(pairs, lag))
    found = panel_association(pairs, registered_lag=lag, chance=chance)
    if not isinstance(found, PanelAssociation):
        return None
    return PanelShown(
        lag=lag,
        coefficient=_rounded(found.coefficient),
        low=_rounded(found.low),
        high=_rounded(found.high),
        units=len(found.units),
        months=found.months,
        pairs=found.pairs,
    )


def _association(outcome: Outcome, pair: MonthlyPair) -> tuple[Association | None, Silence | None]:
    lag = outcome.registered_lag
    chance = chance_of(digest_of([pair], lag))
    found = association(pair, registered_lag=lag, chance=chance)
    return (found, None) if isinstance(found, Association) else (None, found.reason.value)


def _shown(
    pair: MonthlyPair,
    outcome: Outcome,
    found: tuple[Association | None, Silence | None] | None,
    shares: Adjusted,
) -> tuple[AssociationShown | None, Silence | None]:
    if found is None:
        return None, "in_panel"
    said, silence = found
    if said is None:
        return None, silence
    return (
        AssociationShown(
            lag=said.lag,
            strongest_of=len(said.lags),
            coefficient=_rounded(said.coefficient),
            low=_rounded(said.low),
            high=_rounded(said.high),
            p_value=round(said.p_value, P_DECIMALS),
            p_adjusted=round(shares[outcome.id, pair.unit], P_DECIMALS),
            hypotheses=len(shares),
            months=said.months,
            pairs=said.pairs,
        ),
        None,
    )


def _lines(
    pair: MonthlyPair,
    figures: Iterable[Figure],
    found: AssociationShown | None,
    silence: Silence | None,
) -> LinesShown:
    bands = {
        figure.month: (figure.low, figure.high)
        for figure in figures
        if figure.low is not None and figure.high is not None and figure.low != figure.high
    }
    months = tuple(
        MonthShown(
            month=month,
            climate=_rounded(climate) if np.isfinite(climate) else None,
            figure=business if np.isfinite(business) else None,
            band=bands.get(month),
        )
        for month, climate, business in zip(
            pair.months, pair.climate.tolist(), pair.business.tolist(), strict=True
        )
    )
    return LinesShown(
        unit=pair.unit, months=months, known=pair.known, association=found, silence=silence
    )


def _effect(event: date, unit: str, inputs: Inputs) -> InterventionEffect | None:
    """Over the finest windows in which enough is known of the unit and of everybody."""
    history, whole = inputs.statistics.get(unit, ()), inputs.whole
    everybody = inputs.statistics.get(whole, ()) if whole is not None else ()
    for cadence in Cadence:
        found = intervention_effect(event, _of(history, cadence), _of(everybody, cadence))
        if found is not None:
            return found
    return None


def _of(history: Sequence[ReleasedStatistic], cadence: Cadence) -> list[ReleasedStatistic]:
    return [statistic for statistic in history if statistic.window.cadence is cadence]


def _effect_shown(
    found: InterventionEffect | None, key: Key, shares: Adjusted
) -> EffectShown | None:
    if found is None:
        return None
    return EffectShown(
        effect=_rounded(found.effect),
        low=_rounded(found.low),
        high=_rounded(found.high),
        p_value=round(found.p_value, P_DECIMALS),
        p_adjusted=round(shares[key], P_DECIMALS),
        hypotheses=len(shares),
        placebos=len(found.placebos),
    )


def _rounded(value: float) -> float:
    return round(value, DECIMALS) + 0.0  # no minus before a nought


def _adjusted(p_values: Mapping[Key, float]) -> dict[Key, float]:
    return dict(zip(p_values, adjusted(list(p_values.values())), strict=True))
