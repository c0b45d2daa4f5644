"""The alerts service that the attacks are made on, and the table of what they measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attacks import figures, recoverable
from tests.services.alerts.conftest import place, published, serve

if TYPE_CHECKING:
    from pytest import TerminalReporter  # noqa: PT013  the type alone

__all__ = ["place", "published", "serve"]


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print what was measured."""
    if figures.FIGURES:
        terminalreporter.section("attacks on what is published")
        for line in figures.lines():
            terminalreporter.write_line(line.rstrip())
    if recoverable.measured.cache_info().currsize:
        title = f"groups below k that can be worked out, {recoverable.RUNS} runs of 2,000 people"
        terminalreporter.section(title)
        for line in recoverable.lines():
            terminalreporter.write_line(line.rstrip())
