"""How a process ends when something is wrong (exit statuses of ``sysexits.h``)."""

from __future__ import annotations

import os
import sys
from typing import Final, NoReturn

from pydantic import ValidationError

from services.contracts.failures import faults
from services.telemetry import logs

SOFTWARE: Final = 70
"""A mistake of ours: a supervisor starts us again."""
BAD_CONFIGURATION: Final = 78
"""What we were told cannot be used: a supervisor need not try again."""


def halt(bug: BaseException) -> NoReturn:
    """End at once.  A clean stop would acknowledge the batch in hand, and so lose it."""
    logs.emit("worker.halted", level="critical", error_type=type(bug).__qualname__)
    os._exit(SOFTWARE)


def refuse(reason: str) -> NoReturn:
    """End before anything is open, saying why from a closed list."""
    sys.stderr.write(f"{reason}\n")
    raise SystemExit(BAD_CONFIGURATION)


def refuse_settings(error: ValidationError) -> NoReturn:
    """End before anything is open, naming each setting at fault and never its value."""
    found = faults(error.errors(include_input=False, include_context=False))
    refuse("; ".join(f"settings{fault.pointer}: {fault.code}" for fault in found))
