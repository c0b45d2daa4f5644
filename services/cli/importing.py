"""``barograph import``: posts the feed in a file to the gateway, in its own time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console

from services.cli import feed_file
from services.cli.feed_client import (
    FeedClient,
    GatewayRefused,
    GatewayUnavailable,
    Tally,
    connect,
)
from services.cli.feed_file import Contents, File
from services.cli.posting import Report, post
from services.cli.progress_bar import bar
from services.cli.tally_table import tally_table
from services.telemetry.clock import wall

Result = TypeVar("Result")
CUT_OFF: Final = (
    "If something was sent, the gateway's clock waits for the rest: the same command goes on there,"
    " and --give-up lets the clock go."
)
MOST_TOLD: Final = 20
"""Refused lines that are named one by one."""


@dataclass(frozen=True, slots=True)
class First:
    """What is put before the first event; None where it is not.

    Attributes:
        directory: Who works where.
        channels: Which channels there are.
    """

    directory: dict[str, Any] | None
    channels: dict[str, Any] | None


def _time_zone(_: click.Context, __: click.Parameter, value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter("is no IANA time zone, such as Europe/Brussels") from None
    return value


@click.command("import")
@click.argument("file", type=click.Path(exists=True, readable=True, path_type=Path))
@click.option(
    "--ingest", default="http://127.0.0.1:8410", show_default=True, help="Address of the gateway."
)
@click.option(
    "--key",
    envvar="BAROGRAPH_KEY",
    help="API key that may write events and the clock; the directory too with --make-directory"
    " or --channels.",
)
@click.option(
    "--make-directory",
    is_flag=True,
    help="First replace the gateway's directory by one made from the accounts in the file.",
)
@click.option(
    "--time-zone",
    default="Europe/Brussels",
    show_default=True,
    callback=_time_zone,
    help="Of the people in a directory that is made.",
)
@click.option(
    "--channels",
    "with_channels",
    is_flag=True,
    help="First replace the gateway's list of Slack channels by that of a Slack export.",
)
@click.option("--workspace", help="Id (T...) of the workspace of a Slack export that names none.")
@click.option(
    "--give-up",
    is_flag=True,
    help="Send nothing; let the clock go that an interrupted import has kept.",
)
@click.option("--dry-run", is_flag=True, help="Say what is in the file, and send nothing.")
def import_file(  # noqa: PLR0913 - one parameter an option
    *,
    file: Path,
    ingest: str,
    key: str | None,
    make_directory: bool,
    time_zone: str,
    with_channels: bool,
    workspace: str | None,
    give_up: bool,
    dry_run: bool,
) -> None:
    """Post the events in FILE to the gateway.

    FILE holds one CloudEvent a line (NDJSON), best in the order of time, or is what a platform
    exports: a Slack workspace (the zip, or the folder that it was unpacked into), a Mattermost
    bulk export (JSONL), or a Teams export (a JSON array). Of an export only what people wrote in
    public channels is sent; the policy must list `slack`, `mattermost` or `teams` and the
    channels. The gateway's clock follows the events, so windows close as they did then, and no
    other feed gets in meanwhile.

    History needs a gateway that has not been at a later time yet. An import that was interrupted
    keeps the gateway's clock, and other feeds wait: the same command goes on where it stopped,
    and --give-up lets the clock go instead.

    The exit status is 0 when nothing was refused, 1 when something was or the gateway could not
    be reached, and 2 when the command was misused or FILE is no feed.
    """
    if key is None and not dry_run:
        raise click.UsageError("Missing option '--key' (or BAROGRAPH_KEY).")
    console = Console(stderr=True)
    if give_up:
        _end(console, ingest, _give_up(ingest, key or ""))
        console.print("The gateway's clock is the wall's again.")
        return
    feed = File(file, workspace)
    try:
        contents = feed_file.scan(feed)
        channels = feed_file.channels_of(feed) if with_channels else None
    except feed_file.NotAFeed as error:
        raise click.BadParameter(f"{error}; see --help", param_hint="FILE") from None
    if dry_run:
        console.print(tally_table(_expected(contents)))
        _tell(console, _refused_lines(feed))
        sys.exit(1 if contents.refused else 0)
    directory = (
        feed_file.directory_from(contents, today=wall().date(), time_zone=time_zone)
        if make_directory
        else None
    )
    first = First(directory, channels)
    report = _end(console, ingest, _import(feed, contents, ingest, key or "", first, console))
    if report.before:
        console.print(f"{report.before:,} lines had been sent before.")
    console.print(tally_table(report.tally))
    _tell(console, report.refused)
    sys.exit(1 if report.tally.outcomes["refused"] else 0)


def _end(console: Console, ingest: str, work: Coroutine[Any, Any, Result]) -> Result:
    """What *work* comes to; ends with 1, saying why, where it does not come to its end."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        console.print("Stopped.")
    except (GatewayRefused, GatewayUnavailable) as error:
        console.print(str(error) or f"There is no gateway at {ingest}.", markup=False)
    console.print(CUT_OFF)
    sys.exit(1)


async def _give_up(ingest: str, key: str) -> None:
    async with connect(ingest) as http:
        await FeedClient(http, key).release()


async def _import(  # noqa: PLR0913, PLR0917 - what the command was told
    file: File,
    contents: Contents,
    ingest: str,
    key: str,
    first: First,
    console: Console,
) -> Report:
    async with connect(ingest) as http:
        client = FeedClient(http, key)
        if first.directory is not None:
            await client.put_directory(first.directory)
            console.print(f"Directory: {len(contents.identities)} people in one unit.")
        if first.channels is not None:
            await client.put_channels(first.channels)
            console.print(f"Channels: {len(first.channels['channels'])} of the export.")
        with bar(console) as drawn:
            task = drawn.add_task("importing", total=contents.lines)
            return await post(
                client,
                file,
                contents,
                now=wall,
                on_progress=lambda report: drawn.update(
                    task, completed=report.tally.sent + report.before
                ),
            )


def _expected(contents: Contents) -> Tally:
    tally = Tally()
    tally.outcomes.update(
        accepted=contents.events,
        ignored=contents.ignored.total(),
        refused=contents.refused.total(),
    )
    tally.reasons.update({("ignored", reason): n for reason, n in contents.ignored.items()})
    tally.reasons.update({("refused", reason): n for reason, n in contents.refused.items()})
    return tally


def _refused_lines(file: File) -> list[tuple[int, str]]:
    return [
        (line.number, line.reading)
        for line in feed_file.read(file)
        if line.refused and isinstance(line.reading, str)
    ]


def _tell(console: Console, refused: list[tuple[int, str]]) -> None:
    for number, reason in refused[:MOST_TOLD]:
        console.print(f"line {number}: {reason}", markup=False)
    if len(refused) > MOST_TOLD:
        console.print(f"and {len(refused) - MOST_TOLD} more lines.")
