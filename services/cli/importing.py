"""``barograph import``: posts the feed in a file to the gateway, in its own time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console

from services.cli import feed_file
from services.cli.feed_client import (
    FeedClient,
    GatewayRefused,
    GatewayUnavailable,
    Item,
    Outcome,
    Tally,
    connect,
)
from services.cli.feed_file import Contents, File, Line
from services.cli.progress_bar import bar
from services.cli.tally_table import tally_table
from services.telemetry.clock import wall

BATCH: Final = 200
BATCH_BYTES: Final = 500_000
STEP: Final = timedelta(hours=12)
"""How far the declared clock moves at a time."""
MOST_TOLD: Final = 20
"""Refused lines that are named one by one."""


@dataclass
class Report:
    """What became of a file."""

    tally: Tally = field(default_factory=Tally)
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Number of each refused line, and the reason."""

    def stays_here(self, line: Line) -> None:
        """Count a message of an export that is not sent."""
        outcome: Outcome = "refused" if line.refused else "ignored"
        self.tally.outcomes[outcome] += 1
        self.tally.reasons[outcome, str(line.reading)] += 1
        if line.refused:
            self.refused.append((line.number, str(line.reading)))


async def post(
    client: FeedClient,
    file: File,
    contents: Contents,
    *,
    now: Callable[[], datetime],
    on_progress: Callable[[Tally], None] = lambda _: None,
) -> Report:
    """Post every line of *file*; the gateway's clock follows the events meanwhile.

    Args:
        client: The gateway.
        file: The file.
        contents: What ``scan`` found in it.
        now: The wall's clock; nothing later is declared.
        on_progress: Called after each batch.

    Raises:
        GatewayRefused: the gateway takes nothing of the feed.
        GatewayUnavailable: it cannot be reached.
    """
    report = Report()
    clock = _declarable(contents.first, contents, now())
    if clock is not None:
        await client.declare(clock)
    try:
        batch: list[Line] = []
        latest, size = contents.first, 0
        for line in feed_file.read(file):
            if not line.raw:
                report.stays_here(line)
                continue
            if len(batch) >= BATCH or size + len(line.raw) > BATCH_BYTES:
                await _send(client, batch, report)
                on_progress(report.tally)
                size = 0
            if line.at is not None and latest is not None:
                latest = max(latest, line.at)
            reached = _declarable(latest, contents, now())
            if clock is not None and reached is not None and reached >= clock + STEP:
                await _send(client, batch, report)
                await client.declare(reached)
                clock = reached
            batch.append(line)
            size += len(line.raw)
        await _send(client, batch, report)
        on_progress(report.tally)
    finally:
        if clock is not None:
            await client.release()
    return report


def _declarable(latest: datetime | None, contents: Contents, now: datetime) -> datetime | None:
    """Before when no event of the file will come any more, once *latest* has been reached."""
    return None if latest is None else min(latest - contents.disorder, now)


async def _send(client: FeedClient, batch: list[Line], report: Report) -> None:
    if not batch:
        return
    answer = await client.send([line.raw for line in batch])
    report.tally.add(answer)
    report.refused += [
        (batch[item.index].number, item.reason or "unknown") for item in _refused(answer.results)
    ]
    batch.clear()


def _refused(results: tuple[Item, ...]) -> list[Item]:
    return [item for item in results if item.outcome == "refused"]


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
    help="API key that may write events and the clock; the directory too with --make-directory.",
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
@click.option("--workspace", help="Id (T...) of the workspace of a Slack export that names none.")
@click.option("--dry-run", is_flag=True, help="Say what is in the file, and send nothing.")
def import_file(  # noqa: PLR0913 - one parameter an option
    *,
    file: Path,
    ingest: str,
    key: str | None,
    make_directory: bool,
    time_zone: str,
    workspace: str | None,
    dry_run: bool,
) -> None:
    """Post the events in FILE to the gateway.

    FILE holds one CloudEvent a line (NDJSON), best in the order of time, or is what a platform
    exports: a Slack workspace (the zip, or the folder that it was unpacked into), a Mattermost
    bulk export (JSONL), or a Teams export (a JSON array). Of an export only what people wrote in
    public channels is sent; the policy must list `slack`, `mattermost` or `teams` and the
    channels. The gateway's clock follows the events, so windows close as they did then, and no
    other feed gets in meanwhile.

    History needs a gateway that has not been at a later time yet: an import that was interrupted
    begins anew with an empty one.

    The exit status is 0 when nothing was refused, 1 when something was or the gateway could not
    be reached, and 2 when the command was misused or FILE is no feed.
    """
    if key is None and not dry_run:
        raise click.UsageError("Missing option '--key' (or BAROGRAPH_KEY).")
    console = Console(stderr=True)
    feed = File(file, workspace)
    try:
        contents = feed_file.scan(feed)
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
    try:
        report = asyncio.run(_import(feed, contents, ingest, key or "", directory, console))
    except KeyboardInterrupt:
        console.print("Stopped.")
        sys.exit(1)
    except (GatewayRefused, GatewayUnavailable) as error:
        console.print(str(error) or f"There is no gateway at {ingest}.", markup=False)
        sys.exit(1)
    console.print(tally_table(report.tally))
    _tell(console, report.refused)
    sys.exit(1 if report.tally.outcomes["refused"] else 0)


async def _import(  # noqa: PLR0913, PLR0917 - what the command was told
    file: File,
    contents: Contents,
    ingest: str,
    key: str,
    directory: dict[str, object] | None,
    console: Console,
) -> Report:
    async with connect(ingest) as http:
        client = FeedClient(http, key)
        if directory is not None:
            await client.put_directory(directory)
            console.print(f"Directory: {len(contents.identities)} people in one unit.")
        with bar(console) as drawn:
            task = drawn.add_task("importing", total=contents.lines)
            return await post(
                client,
                file,
                contents,
                now=wall,
                on_progress=lambda tally: drawn.update(task, completed=tally.sent),
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
