"""``barograph simulate``: an organisation that does not exist writes to the gateway."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import click
from rich.console import Console

from models.simulation.bank import held_out_bank
from models.simulation.organisation import organise
from models.simulation.planted import planted_in
from models.simulation.play import World
from services.cli.feed_client import FeedClient, GatewayRefused, GatewayUnavailable, connect
from services.cli.playing import CLOSED_AFTER, last_monday, midnight, play_feed, trickle
from services.cli.progress_bar import progress_bar
from services.cli.tally_table import tally_table
from services.telemetry.clock import wall


def world_of(  # noqa: PLR0913 - a simulation has that many sides
    *, people: int, weeks: int, messages: int, seed: int, planted: bool, until: date
) -> World:
    """The world of a simulation whose last week ends at the start of *until*."""
    first_day = until - timedelta(weeks=weeks)
    organisation = organise(people, seed=seed, first_day=first_day)
    return World(
        organisation=organisation,
        bank=held_out_bank(),
        first_day=first_day,
        weeks=weeks,
        messages=messages,
        seed=seed,
        planted=planted_in(organisation, weeks=weeks) if planted else None,
    )


@dataclass(frozen=True, slots=True)
class _How:
    """How the feed is posted."""

    ingest: str
    key: str
    with_directory: bool
    rate: float | None
    per_minute: float


def _monday(_: click.Context, __: click.Parameter, value: datetime | None) -> date:
    latest = last_monday(wall())
    if value is None:
        return latest
    day = value.date()
    if day.weekday():
        raise click.BadParameter("is not a Monday: simulated weeks end on a Monday at midnight")
    if midnight(day) + CLOSED_AFTER > wall():
        raise click.BadParameter(f"must be {latest} or earlier: a later week cannot be closed yet")
    return day


@click.command()
@click.option(
    "--ingest", default="http://127.0.0.1:8410", show_default=True, help="Address of the gateway."
)
@click.option(
    "--key",
    required=True,
    envvar="BAROGRAPH_KEY",
    help="API key that may write events, the directory and the clock.",
)
@click.option(
    "--people", default=2_000, show_default=True, type=click.IntRange(40, 50_000), help="How many."
)
@click.option(
    "--weeks", default=15, show_default=True, type=click.IntRange(1, 104), help="How many."
)
@click.option(
    "--messages",
    default=110_000,
    show_default=True,
    type=click.IntRange(1),
    help="About how many they write altogether.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed writes the same feed.")
@click.option(
    "--planted/--no-planted",
    default=True,
    show_default=True,
    help="Whether the climate of one department drops after three quarters of the weeks.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_monday,
    help="Monday on which the last week ends.  [default: the last one that can be closed]",
)
@click.option(
    "--live-per-minute",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 6_000),
    help="Live messages afterwards, until Ctrl-C; 0 for none.",
)
@click.option("--rate", type=click.FloatRange(1), help="Most events a second.  [default: no limit]")
@click.option(
    "--directory/--no-directory",
    default=True,
    show_default=True,
    help="Whether to replace the gateway's directory by the simulated organisation's.",
)
def simulate(  # noqa: PLR0913 - one parameter an option
    *,
    ingest: str,
    key: str,
    people: int,
    weeks: int,
    messages: int,
    seed: int,
    planted: bool,
    until: date,
    live_per_minute: float,
    rate: float | None,
    directory: bool,
) -> None:
    """Post the messages of a synthetic organisation to the gateway.

    The messages are synthetic, nobody has written them. The gateway's clock is declared while
    they are posted, so no other feed gets in meanwhile; the gateway must be a fresh one, or one
    whose clock was never past the first simulated week.

    The exit status is 0 when everything was accepted, 1 when something was refused or the
    gateway could not be reached, and 2 when the command was misused.
    """
    world = world_of(
        people=people, weeks=weeks, messages=messages, seed=seed, planted=planted, until=until
    )
    how = _How(ingest, key, directory, rate, live_per_minute)
    console = Console(stderr=True)
    try:
        refused = asyncio.run(_simulate(world, how, console))
    except KeyboardInterrupt:
        console.print("Stopped.")
        sys.exit(1)
    except (GatewayRefused, GatewayUnavailable) as error:
        console.print(str(error) or f"There is no gateway at {ingest}.", markup=False)
        sys.exit(1)
    sys.exit(1 if refused else 0)


async def _simulate(world: World, how: _How, console: Console) -> int:
    """How many events were refused."""
    planted = world.planted
    if planted is not None:
        console.print(f"Planted: {planted.unit} falls from week {planted.first_week + 1} on.")
    async with connect(how.ingest) as http:
        client = FeedClient(http, how.key)
        with progress_bar(console, world.messages) as show:
            tally = await play_feed(
                client,
                world,
                on_progress=show,
                with_directory=how.with_directory,
                rate=how.rate,
            )
        console.print(tally_table(tally))
        if how.per_minute:
            console.print("Live messages until Ctrl-C.")
            await trickle(client, world, per_minute=how.per_minute, now=wall)
    return tally.outcomes["refused"]
