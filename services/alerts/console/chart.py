"""A line chart as SVG: gaps stay gaps, and the figures stand in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 760
HEIGHT: Final = 260
LEFT: Final = 44
RIGHT: Final = 28
TOP: Final = 16
BOTTOM: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One series.

    Attributes:
        label: What it is called beside its last point.
        values: One per window, None where nothing is published.
        marker: Shape of its points, so that colour is never alone in telling lines apart.
        style: Class of the style sheet.
    """

    label: str
    values: Sequence[float | None]
    marker: str
    style: str


@dataclass(frozen=True, slots=True)
class Point:
    """One published value, placed."""

    x: float
    y: float
    value: float
    window: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line, placed: runs of neighbouring points, and every point."""

    line: Line
    runs: tuple[tuple[Point, ...], ...]

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, from left to right."""
        return tuple(point for run in self.runs for point in run)

    @property
    def paths(self) -> tuple[str, ...]:
        """One SVG path a run of at least two points."""
        return tuple(
            "M" + " L".join(f"{point.x:.1f} {point.y:.1f}" for point in run)
            for run in self.runs
            if len(run) > 1
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws.

    Attributes:
        drawn: The lines.
        ticks: Height and value of each grid line.
        columns: Place and label of each window on the horizontal axis.
    """

    drawn: tuple[Drawn, ...]
    ticks: tuple[tuple[float, float], ...]
    columns: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def _span(
    values: Sequence[float], step: float, bounds: tuple[float, float] | None
) -> tuple[int, int]:
    """Lowest and highest grid line around *values*, in steps; at least four steps apart."""
    low = int(min(values, default=0.0) / step // 1)
    high = -int(-max(values, default=0.0) / step // 1)
    while high - low < 4:  # noqa: PLR2004  a flat line is not magnified into a mountain
        low, high = low - 1, high + 1
    if bounds is None:
        return low, high
    return max(low, round(bounds[0] / step)), min(high, round(bounds[1] / step))


def chart(
    windows: Sequence[str],
    lines: Sequence[Line],
    *,
    step: float = 0.1,
    bounds: tuple[float, float] | None = (-1.0, 1.0),
) -> Chart:
    """Place *lines* over *windows*.

    Args:
        windows: Labels, oldest first.
        lines: Each with one value or None a window.
        step: Distance of the grid lines, in the unit of the values.
        bounds: Values that there can be, a valence's by default; None where nobody knows.

    Returns:
        A chart whose vertical axis holds every value; a line has a gap wherever a value is None.

    Example:
        >>> drawn = chart(["a", "b", "c"], [Line("x", [0.1, None, 0.3], "o", "x")]).drawn[0]
        >>> [point.window for point in drawn.points], drawn.paths
        (['a', 'c'], ())
    """
    known = [value for line in lines for value in line.values if value is not None]
    low, high = _span(known, step, bounds)
    usable = WIDTH - LEFT - RIGHT
    distance = usable / max(len(windows) - 1, 1)

    def x(column: int) -> float:
        return LEFT + (column * distance if len(windows) > 1 else usable / 2)

    def y(value: float) -> float:
        share = (value / step - low) / (high - low)
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    def runs(line: Line) -> tuple[tuple[Point, ...], ...]:
        found: list[list[Point]] = [[]]
        for column, value in enumerate(line.values):
            if value is None:
                found.append([])
            else:
                found[-1].append(Point(x(column), y(value), value, windows[column]))
        return tuple(tuple(run) for run in found if run)

    stride = max(1, -(-len(windows) // 9))
    return Chart(
        tuple(Drawn(line, runs(line)) for line in lines),
        tuple((y(tick * step), tick * step) for tick in range(low, high + 1)),
        tuple((x(n), label) for n, label in enumerate(windows) if n % stride == 0),
    )
