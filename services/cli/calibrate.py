"""``barograph calibrate``: the threshold of this organisation, from what chance does in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from models.climate.windows import Cadence
from services.alerts import database, migrations
from services.alerts.rules import calibration
from services.alerts.rules.calibration import LEAST_WEEKS, SHARES, Past, TooFewWeeks
from services.alerts.rules.rule import Calibration, Wave
from services.cli.calibrate_wave import apply_wave, report, wave_found, wave_past
from services.contracts.failures import Unavailable
from services.telemetry.clock import wall

IMPOSSIBLE: Final = 1
NOT_REACHED: Final = 2
CONTRIBUTORS: Final = (20, 50, 100, 250)


@click.command()
@click.argument("place", metavar="DATABASE")
@click.option(
    "--episodes-a-year",
    "accepted",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 12),
    help="False alerts that the whole organisation accepts, drops and rises together.",
)
@click.option(
    "--years",
    default=200,
    show_default=True,
    type=click.IntRange(10, 10_000),
    help="Years without a change to draw: with fewer the threshold is higher, to be as sure.",
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of the chance.")
@click.option("--apply", "applies", is_flag=True, help="Put the threshold in force.")
def calibrate(*, place: str, accepted: float, years: int, seed: int, applies: bool) -> None:
    """Find the threshold at which chance alone surely raises no more alerts than are accepted.

    DATABASE is the URL of the alerts database, or the path of its SQLite file. Its released weeks
    are drawn again and again with nothing happening. It takes a year of weeks that the same models
    scored, and is to be repeated every year. With --apply the rules get a new version with the
    threshold, the seed and the day; alerts that are open end with the next week, and those that
    still hold are told again. Units that are published every four weeks get a threshold of their
    own, and a tenth of the accepted alerts, once there is a year of them. Where the policy switches
    on the rule about leaving, it is calibrated as well, to one false alert a year.

    Exits with 1 where it cannot be done, and with 2 where the database cannot be read or written.
    """
    try:
        fitted = _past(place)
        share = SHARES if len(fitted) > 1 else {Cadence.WEEK: 1.0}
        found = {
            cadence: _found(one, accepted * share[cadence], years, seed)
            for cadence, one in fitted.items()
        }
        for cadence, one in fitted.items():
            _report(cadence, one, *found[cadence])
        leaving = _leaving(place, years, seed)
        if applies:
            _apply(place, found)
            if leaving is not None:
                apply_wave(place, leaving)
        else:
            click.echo("Nothing was changed: --apply puts it in force.")
    except TooFewWeeks as few:
        _fail(
            f"there are {few.weeks} weeks that compare; it takes {LEAST_WEEKS} by the same models",
            IMPOSSIBLE,
        )
    except (SQLAlchemyError, Unavailable):  # its words may quote the URL, and that a password
        _fail("the database does not answer, or refuses", NOT_REACHED)


def _past(place: str) -> dict[Cadence, Past]:
    """Weeks, and the windows of four weeks if there is a year of units of enough people."""
    engine = database.open_read_only(place)
    try:
        if not migrations.is_current(database.reading(engine)):
            _fail("the schema is not that of this version: see `barograph database`", NOT_REACHED)
        with database.reading(engine).begin() as connection:
            fitted = {Cadence.WEEK: calibration.past(connection, Cadence.WEEK)}
            with suppress(TooFewWeeks):
                fitted[Cadence.FOUR_WEEKS] = calibration.past(connection, Cadence.FOUR_WEEKS)
            return fitted
    finally:
        engine.dispose()


def _leaving(place: str, years: int, seed: int) -> Wave | None:
    fitted = wave_past(place)
    if fitted is None:
        return None
    try:
        with _bar() as bar:

            def watched(steps: int) -> Callable[[], None]:
                task = bar.add_task("years of chance, leaving", total=steps)
                return lambda: bar.advance(task)

            found = wave_found(fitted, years, seed, watched)
    except ValueError as impossible:
        _fail(f"leaving: {impossible}", IMPOSSIBLE)
    report(found)
    return found


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))


def _found(fitted: Past, accepted: float, years: int, seed: int) -> tuple[float, Calibration]:
    try:
        with _bar() as bar:
            task = bar.add_task("years of chance", total=2 * fitted.repetitions(years))
            return calibration.calibrate(
                fitted,
                accepted=accepted,
                years=years,
                seed=seed,
                today=wall().date(),
                progress=lambda: bar.advance(task),
            )
    except ValueError as impossible:
        _fail(str(impossible), IMPOSSIBLE)


def _report(cadence: Cadence, fitted: Past, threshold: float, found: Calibration) -> None:
    """Print what was found, and what can be found with it."""
    weeks = len(fitted.panel.weeks) * fitted.panel.pace.weeks
    if cadence is Cadence.FOUR_WEEKS:
        click.echo("Units that are published every four weeks:")
    click.echo(
        f"Fitted to {weeks} weeks up to that of {found.until}, of which {fitted.judged} count."
    )
    click.echo(f"Threshold {threshold:.2f} standard deviations (seed {found.seed}).")
    click.echo(
        f"False alarms a year, drops and rises: {found.rate:.2f} "
        f"(95 % interval {found.low:.2f} to {found.high:.2f}), {found.accepted:g} accepted."
    )
    if cadence is not Cadence.WEEK:
        return
    table = Table("contributors", "lasting drop that is in alarm after four weeks in half of cases")
    for contributors in CONTRIBUTORS:
        table.add_row(str(contributors), f"{fitted.detectable(threshold, contributors):.2f}")
    Console().print(table)


def _apply(place: str, found: Mapping[Cadence, tuple[float, Calibration]]) -> None:
    engine = database.open_engine(place)
    try:
        with database.writing(engine) as connection:
            changed = calibration.apply(connection, found, wall())
    finally:
        engine.dispose()
    for rule in changed:
        click.echo(f"{rule.uid} is now version {rule.version}.")


def _fail(reason: str, status: int) -> NoReturn:
    click.echo(reason, err=True)
    sys.exit(status)
