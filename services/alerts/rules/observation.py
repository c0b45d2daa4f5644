"""What one window shows a rule of one unit."""

from __future__ import annotations

from datetime import date

from models.climate.detection.drop import change
from services.alerts.rules.released import Look
from services.alerts.rules.rule import Rule
from services.alerts.rules.state import Observation


def observe(rule: Rule, look: Look, unit: str, breached_from: date | None) -> Observation:
    """Whether *unit* breaches, has recovered, or is not to be judged.

    Args:
        rule: what a breach is.
        look: the window.
        unit: a unit.
        breached_from: first day of the first window of a breach that lasts: it and what follows
            are no baseline, or a lasting drop would become what is usual and resolve itself.
    """
    info, root = look.units.get(unit), look.organisation
    if info is None or root is None or info.level != rule.level:
        return Observation.WITHHELD
    if (rule.indicator, unit) not in look.values:
        return Observation.WITHHELD  # nobody can see it, so nobody may be told of it
    until = breached_from or look.window.start
    history = [
        statistic
        for statistic in look.statistics.get(unit, ())
        if statistic.window.start < until or statistic.window == look.window
    ]
    now = history[-1] if history else None
    if now is None or now.window != look.window or now.contributors < rule.least_contributors:
        return Observation.WITHHELD
    changed = change(history, look.statistics.get(root, ()))
    if changed is None:
        return Observation.WITHHELD
    if -changed >= rule.condition.threshold:
        return Observation.BREACH
    return Observation.RECOVERED if -changed <= rule.condition.recovery else Observation.BETWEEN
