"""The part of ``barograph calibrate`` that is about leaving, where the policy switches it on."""

from __future__ import annotations

from collections.abc import Callable

import click

from services.alerts import database
from services.alerts.rules import wave_calibration
from services.alerts.rules.calibration import LEAST_WEEKS, TooFewWeeks
from services.alerts.rules.rule import Wave
from services.alerts.rules.wave_calibration import WavePast
from services.telemetry.clock import wall

Watched = Callable[[int], Callable[[], None]]
"""Given how many steps there are, what is called after each."""


def wave_past(place: str) -> WavePast | None:
    """The weeks to fit to; None where the rule is off or, as is said, there are too few of them."""
    engine = database.open_read_only(place)
    try:
        with database.reading(engine).begin() as connection:
            if not wave_calibration.is_on(connection):
                return None
            return wave_calibration.past(connection)
    except TooFewWeeks as few:
        click.echo(
            f"The rule about leaving stays as it is: its share was published in {few.weeks} weeks"
            f" that compare; it takes {LEAST_WEEKS}."
        )
        return None
    finally:
        engine.dispose()


def wave_found(fitted: WavePast, years: int, seed: int, watched: Watched) -> Wave:
    """Calibrate.

    Raises:
        ValueError: no threshold has so few episodes.
    """
    return wave_calibration.calibrate(
        fitted,
        years=years,
        seed=seed,
        today=wall().date(),
        progress=watched(2 * fitted.repetitions(years)),
    )


def report(found: Wave) -> None:
    """Print what was found."""
    known = found.calibration
    assert known is not None
    click.echo(
        f"Leaving: threshold {found.threshold:.2f}, goes on from {found.raised:.2f} (seed"
        f" {known.seed}). False alarms a year: {known.rate:.2f} (95 % interval {known.low:.2f} to"
        f" {known.high:.2f}), {known.accepted:g} accepted."
    )


def apply_wave(place: str, found: Wave) -> None:
    """Put the thresholds in force, and say so."""
    engine = database.open_engine(place)
    try:
        with database.writing(engine) as connection:
            changed = wave_calibration.apply(connection, found, wall())
    finally:
        engine.dispose()
    for rule in changed:
        click.echo(f"{rule.uid} is now version {rule.version}.")
