"""``barograph up``: everything on one machine, with one command."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import sys
from pathlib import Path

import click
from rich.console import Console

from services.cli import demo
from services.embedded import first_start
from services.embedded.installation import Installation, Ports
from services.embedded.supervisor import Happening, Supervisor
from services.telemetry import logs
from services.telemetry.clock import wall

READY_WITHIN_S = 60


def addresses(installation: Installation) -> list[tuple[str, str]]:
    """What to open, and what it is."""
    return [
        ("the page", f"{installation.alerts_url}/"),
        ("indicators for programs", f"{installation.alerts_url}/v1/indicators"),
        ("indicators for Prometheus", f"{installation.alerts_url}/metrics/indicators"),
        ("events go to", f"{installation.ingest_url}/v1/events"),
        ("how to send events", f"{installation.ingest_url}/openapi.json"),
    ]


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of all state.  [default: var, or var/demo with --demo]",
)
@click.option(
    "--demo",
    "with_demo",
    is_flag=True,
    help="Play 15 weeks of a synthetic organisation, in a folder that is emptied first.",
)
@click.option(
    "--exit-after-demo",
    is_flag=True,
    help="End after the summary: 0 if the planted drop and nothing else raised an alert, else 1.",
)
@click.option(
    "--planted/--no-planted",
    default=True,
    show_default=True,
    help="Whether the demo's climate drops in one department.",
)
@click.option("--messages", default=65_000, show_default=True, help="About how many in the demo.")
@click.option("--seed", default=1, show_default=True, help="Of the demo.")
@click.option("--kafka", metavar="HOST:PORT", help="Use this Kafka; its topics must exist.")
@click.option("--database", metavar="URL", help="Use this PostgreSQL for the climate.")
@click.option("--free-ports", is_flag=True, help="Listen wherever nobody else does.")
def up(  # noqa: PLR0913  one parameter an option
    *,
    data: Path | None,
    with_demo: bool,
    exit_after_demo: bool,
    planted: bool,
    messages: int,
    seed: int,
    kafka: str | None,
    database: str | None,
    free_ports: bool,
) -> None:
    """Start the broker and every service on this machine, and keep them running.

    Without --demo the folder must hold a signed governance.yaml and the key governance.pub:
    see `barograph policy --help`.  Everything listens on loopback alone.
    """
    console = Console()
    folder = (data or Path("var/demo" if with_demo else "var")).absolute()
    ports = Ports.free() if free_ports else Ports()
    if taken := ports.taken():
        console.print(f"Ports in use: {', '.join(map(str, taken))}.  Try --free-ports.")
        sys.exit(1)
    settings = demo.SETTINGS if with_demo else None
    installation = Installation(folder, ports, kafka, database, settings)
    if with_demo:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        first_start.sign_demo_policy(installation, wall())
    elif not installation.policy.exists():
        console.print(f"There is no {installation.policy}: see `barograph policy --help`.")
        sys.exit(1)
    logs.configure()
    play = demo.Demo(installation, console, planted=planted, messages=messages, seed=seed)
    sys.exit(
        asyncio.run(_run(installation, console, play if with_demo else None, end=exit_after_demo))
    )


async def _run(
    installation: Installation, console: Console, play: demo.Demo | None, *, end: bool
) -> int:
    """Return the exit status."""

    def told(name: str, happening: Happening) -> None:
        if happening != "started":
            console.print(f"[dim]{name} {happening}; it starts again (see {name}.log)[/dim]")

    programs = installation.programs()
    if play is not None:
        programs.append(play.receiver())
    address = None if installation.kafka else installation.broker
    supervisor = Supervisor(address, programs, installation.log("broker"), told)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    running = asyncio.create_task(supervisor.run())
    work = asyncio.create_task(_work(installation, console, play, end=end))
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({running, work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if work.done() and not work.cancelled():
            return work.result()
        if running.done():
            console.print(f"The broker does not start: see {installation.log('broker')}.")
            return 1
        return 0 if play is None or not end else 1
    finally:
        console.print("Stopping ...")
        for task in (work, waiting, running):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(running, return_exceptions=True)


async def _work(
    installation: Installation, console: Console, play: demo.Demo | None, *, end: bool
) -> int:
    console.print("[bold]Barograph[/bold] starts; its addresses:")
    for what, address in addresses(installation):
        console.print(f"  {what:27} {address}", soft_wrap=True)
    if not await first_start.ready(installation, seconds=READY_WITHIN_S):
        console.print(f"Not ready after {READY_WITHIN_S} s: see the logs in {installation.folder}.")
        return 1
    if play is None:
        console.print("Ready.  Ctrl-C stops everything.")
        await asyncio.Event().wait()
    else:
        passed = await play.run()
        if end:
            return 0 if passed else 1
        console.print("Live messages trickle in until Ctrl-C.")
        await play.trickle()
    return 0
