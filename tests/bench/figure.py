"""How every figure of a bench is printed."""

from __future__ import annotations


def say(what: str, value: float) -> None:
    """Print one figure."""
    print(f"{what:68} {value:12,.2f}", flush=True)
