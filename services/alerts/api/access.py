"""Who may read, and from where: one optional bearer token over the whole of zone D."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, TypedDict

from fastapi import Depends, Request
from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from services.alerts import database
from services.contracts.problems import UNAUTHENTICATED, Problem


class State(TypedDict):
    """What the composition root hands to every route, as ``request.state``."""

    engine: Engine
    reader_token: SecretStr | None
    now: Callable[[], datetime]


def reader(request: Request) -> None:
    """Let a reader through.

    Raises:
        Problem: a token is required and this is not it.
    """
    wanted: SecretStr | None = request.state.reader_token
    if wanted is None:  # settings allow that on a loopback address alone
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), wanted.get_secret_value().encode())
    if scheme.lower() != "bearer" or not same:
        raise Problem(UNAUTHENTICATED)


def reading(request: Request) -> Iterator[Connection]:
    """One connection for one request; it cannot hold up a writer."""
    with database.reading(request.state.engine).begin() as connection:
        yield connection


Reading = Annotated[Connection, Depends(reading)]
