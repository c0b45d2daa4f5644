"""Rules that a type checker cannot see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [path for root in ("models", "services") for path in (ROOT / root).rglob("*.py")]
DRAWERS = {"utils", "util", "common", "helpers", "misc", "base", "core", "shared"}
DOORS = {
    "PublishedCell": ["models/climate/disclosure"],
    "PulseHour": ["models/climate/disclosure"],
    "MessageV1": ["services/ingest/intake.py"],
    "FeedEvent": ["services/ingest/sources"],
    "getLogger": ["services/telemetry/logs.py"],
}
"""What may be made in one place only, such as the value that people see."""


def called(path: Path) -> set[str]:
    """Names that *path* calls, as ``Name()`` or ``module.Name()``."""
    calls = [
        node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    ]
    plain = {f.id for f in calls if isinstance(f, ast.Name)}
    return plain | {f.attr for f in calls if isinstance(f, ast.Attribute)}


@pytest.mark.parametrize(("name", "homes"), DOORS.items())
def test_is_made_behind_one_door(name: str, homes: list[str]) -> None:
    strangers = [
        place
        for path in FILES
        if not (place := path.relative_to(ROOT).as_posix()).startswith(tuple(homes))
        and name in called(path)
    ]

    assert strangers == []


def test_a_metric_is_made_in_the_allow_list() -> None:
    makers = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}
    strangers = [
        str(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and node.module == "prometheus_client"
        and makers & {name.name for name in node.names}
        and "telemetry/metrics" not in path.as_posix()
    ]

    assert strangers == []


def test_a_metric_that_is_exported_is_moved_by_something() -> None:
    """A counter that nobody counts with reads as 'all is well' for ever."""
    modules = [path for path in FILES if "telemetry/metrics" in path.as_posix()]
    texts = [path.read_text() for path in FILES if path not in modules]
    idle = []
    for path in modules:
        for node in ast.parse(path.read_text()).body:
            names = [node.name] if isinstance(node, ast.FunctionDef) else []
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
                names += [node.target.id] if isinstance(node.target, ast.Name) else []
            for name in names:
                used = re.compile(rf"\bmetrics\.{name}\b")
                if not name.startswith("_") and not any(used.search(text) for text in texts):
                    idle.append(f"{path.stem}.{name}")

    assert idle == []


def test_no_drawers_and_no_giants() -> None:
    drawers = [str(path) for path in FILES if DRAWERS & set(path.with_suffix("").parts)]
    giants = [str(path) for path in FILES if len(path.read_text().splitlines()) > 300]

    assert drawers + giants == []


def test_every_decision_that_the_code_names_exists() -> None:
    known = {path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")}
    named = {number for path in FILES for number in re.findall(r"ADR[- ](\d{4})", path.read_text())}

    assert named <= known


def test_every_decision_says_what_enforces_it() -> None:
    silent = [
        path.name
        for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")
        if "**Enforced by:**" not in path.read_text()
    ]

    assert silent == []


def test_every_test_that_a_decision_names_exists() -> None:
    missing = [
        (path.name, place)
        for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")
        for place in re.findall(r"`(tests/[\w/.-]+)`", path.read_text())
        if not (ROOT / place).exists()
    ]

    assert missing == []
