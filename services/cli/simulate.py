"""``barograph simulate``: an organisation that does not exist writes to the gateway."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource
from rich.console import Console

from models.simulation.bank import held_out_bank
from models.simulation.organisation import organise
from models.simulation.planted import planted_in
from models.simulation.planting.found import Found
from models.simulation.play import World
from services.cli.feed_client import FeedClient, GatewayRefused, GatewayUnavailable, connect
from services.cli.planted_world import Size, planted_world
from services.cli.played_feed import Feed, feed_of, planted_feed
from services.cli.playing import CLOSED_AFTER, last_monday, midnight, play_feed, trickle
from services.cli.progress_bar import progress_bar
from services.cli.simulated_files import FEED, TRUTH, telling, write_feed
from services.cli.tally_table import tally_table
from services.cli.truth_file import MOST_PEOPLE, PRESETS, NotATruth, TruthFile, presets, read
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


EXAMPLES: Final = """\b
Examples:
  barograph simulate --key $KEY
      15 weeks of 2,000 people; one department drops in the last four.
  barograph simulate --key $KEY --preset everything --write-truth truth.json
      One of everything, and what was planted for an evaluation.
  barograph simulate --truth mine.toml --people 800 --into feed/
      Needs no gateway: feed/ gets the events, the directory, the channels and the truth.
"""


@dataclass(frozen=True, slots=True)
class _How:
    """Where the feed goes, and what follows it.

    Attributes:
        after: Called with the console once everything was played.
        live: The world that goes on writing live; None for silence.
    """

    ingest: str
    key: str
    with_directory: bool
    rate: float | None
    per_minute: float
    live: World | None
    after: Callable[[], None]


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


@click.command(epilog=EXAMPLES)
@click.option(
    "--ingest", default="http://127.0.0.1:8410", show_default=True, help="Address of the gateway."
)
@click.option(
    "--key",
    envvar="BAROGRAPH_KEY",
    help="API key that may write events, the directory and the clock; opt-outs too if planted.",
)
@click.option(
    "--people",
    default=2_000,
    show_default=True,
    type=click.IntRange(40, MOST_PEOPLE),
    help="How many.",
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
    help="Whether to replace the gateway's directory and channels by the simulated organisation's.",
)
@click.option(
    "--truth",
    "truth_path",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="TOML or JSON file of what to plant, instead of the one drop; see docs/simulator.md.",
)
@click.option("--preset", type=click.Choice(presets()), help="The same, from those that ship.")
@click.option(
    "--write-truth",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="JSON file that gets what was planted and what came of it.",
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that gets the feed, the directory and the truth; nothing is posted.",
)
@click.pass_context
def simulate(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    *,
    ingest: str,
    key: str | None,
    people: int,
    weeks: int,
    messages: int,
    seed: int,
    planted: bool,
    until: date,
    live_per_minute: float,
    rate: float | None,
    directory: bool,
    truth_path: Path | None,
    preset: str | None,
    write_truth: Path | None,
    into: Path | None,
) -> None:
    """Post the messages of a synthetic organisation to the gateway.

    The messages are synthetic, nobody has written them. The gateway's clock is declared while
    they are posted, so no other feed gets in meanwhile; the gateway must be a fresh one, or one
    whose clock was never past the first simulated week.

    Sizes that the file of --truth or --preset names hold unless they are given here.

    The exit status is 0 when everything was accepted, 1 when something was refused or the
    gateway could not be reached, and 2 when the command was misused or the truth cannot happen.
    """
    file = _file(truth_path, preset)
    _check(context, file, key=key, into=into, wants_truth=write_truth is not None)
    console = Console(stderr=True)
    given = frozenset(
        name
        for name in Size.__slots__
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    )
    size = Size(people, weeks, messages, seed)
    if file is None:
        world = world_of(
            people=people, weeks=weeks, messages=messages, seed=seed, planted=planted, until=until
        )
        if world.planted is not None:
            unit, week = world.planted.unit, world.planted.first_week + 1
            console.print(f"Planted: {unit} falls from week {week} on.")
        feed, after, live = feed_of(world), _nothing, world
    else:
        try:
            played = planted_world(file, size.told(file.organisation, given), until)
        except NotATruth as error:
            raise click.BadParameter(f"\n{error}", param_hint="the truth") from None
        found = Found()
        feed, live = planted_feed(played, found), None
        after = telling(played, found, write_truth or (into and into / TRUTH), console)
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        with progress_bar(console, feed.messages) as show:
            written = write_feed(feed, into, show)
        console.print(f"{written.tally.sent:,} events in {into / FEED}.", markup=False)
        after()
        return
    how = _How(ingest, key or "", directory, rate, live_per_minute, live, after)
    try:
        refused = asyncio.run(_simulate(feed, how, console))
    except KeyboardInterrupt:
        console.print("Stopped.")
        sys.exit(1)
    except (GatewayRefused, GatewayUnavailable) as error:
        console.print(str(error) or f"There is no gateway at {ingest}.", markup=False)
        sys.exit(1)
    sys.exit(1 if refused else 0)


def _file(path: Path | None, preset: str | None) -> TruthFile | None:
    if path is not None and preset is not None:
        raise click.UsageError("--truth and --preset exclude each other.")
    chosen = path or (preset and PRESETS / f"{preset}.toml")
    try:
        return read(chosen) if chosen else None
    except NotATruth as error:
        raise click.BadParameter(f"\n{error}", param_hint="the truth") from None


def _check(
    context: click.Context,
    file: TruthFile | None,
    *,
    key: str | None,
    into: Path | None,
    wants_truth: bool,
) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: some do not.
    """
    if key is None and into is None:
        raise click.UsageError("Missing option '--key' (or BAROGRAPH_KEY), or '--into'.")
    if file is None and wants_truth:
        raise click.UsageError("--write-truth needs --truth or --preset.")
    if file is not None:
        for name in ("planted", "live_per_minute"):
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                option = "--" + name.replace("_", "-")
                raise click.UsageError(f"{option} does not go with --truth or --preset.")
    if into is not None and (into / FEED).exists():
        raise click.BadParameter(f"{into} holds a feed already", param_hint="--into")


def _nothing() -> None:
    """What follows a feed without a truth."""


async def _simulate(feed: Feed, how: _How, console: Console) -> int:
    """How many events were refused."""
    async with connect(how.ingest) as http:
        client = FeedClient(http, how.key)
        with progress_bar(console, feed.messages) as show:
            tally = await play_feed(
                client,
                feed,
                on_progress=show,
                with_directory=how.with_directory,
                rate=how.rate,
            )
        console.print(tally_table(tally))
        how.after()
        if how.per_minute and how.live is not None:
            console.print("Live messages until Ctrl-C.")
            await trickle(client, how.live, per_minute=how.per_minute, now=wall)
    return tally.outcomes["refused"]
