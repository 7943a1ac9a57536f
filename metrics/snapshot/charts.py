"""Control charts and sparklines as SVG text: the same bytes for the same points, whoever draws them.

A disc is a better week, a diamond a worse one, a square a change that is neither, a ring chance: the shape says it without colour.
A withheld week is a gap with a small cross on the axis; a week without a figure is a gap.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby
from math import floor, log10

from metrics.definitions.numbers import figure
from metrics.drawing.theme import Palette
from metrics.snapshot.content import Chart, Point

WIDTH, HEIGHT = 720, 250  # units of the drawing; it is scaled to its place
LEFT, RIGHT, TOP, BOTTOM = 84, 128, 14, 30  # room for the figures of the axis and the names of the lines
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120, 30, 4
STEPS = (1, 2, 2.5, 5, 10)  # steps of an axis that people can add up in their heads
MOST_TICKS = 5
LABEL_GAP = 15  # between two names at the right edge, so that neither hides the other
MOST_WEEKS_NAMED = 6  # dates under the axis: more would touch on a telephone

# Colours that the page of a snapshot sets for light and dark; a palette gives them where there is no style sheet.
LIVE = Palette(
    background="var(--background)", text="var(--text)", figure="var(--figure)", concern="var(--concern)", neutral="var(--neutral)",
    target="var(--target)", quiet="var(--quiet)", band="var(--band)", wash="var(--wash)", rule="var(--rule)",
)  # fmt: skip

Scale = Callable[[float], float]


def svg_of(chart: Chart, ink: Palette = LIVE, font: str = "inherit", width: int = WIDTH) -> str:
    """The chart as an SVG image that says its alt text. ink: its colours; font: its typeface; width: in units of the drawing."""
    span = span_of(chart.points)
    down, across = scale(span, (HEIGHT - BOTTOM, TOP)), scale((0, max(1, len(chart.points) - 1)), (LEFT, width - RIGHT))
    parts = (
        *band(chart.points, ink, across, down), *grid(chart, span, ink, down, width - RIGHT),
        *weeks(chart.points, ink, across, width),
        *limits(chart.points, ink, across, down), *line(chart.points, ink.figure, 1.6, across, down),
        *marks(chart.points, ink, across, down), *names(chart, ink, down, width - RIGHT),
    )  # fmt: skip
    style = f'font-family="{escape(font)}" font-size="13"'
    return image(width, HEIGHT, chart.alt, "".join(parts), style)


def sparkline_of(points: Sequence[Point], alt: str, ink: Palette = LIVE) -> str:
    """The line alone with its band, its target and its newest point, for a row of a table."""
    span = span_of(points)
    down = scale(span, (SPARK_HEIGHT - SPARK_EDGE, SPARK_EDGE))
    across = scale((0, max(1, len(points) - 1)), (SPARK_EDGE, SPARK_WIDTH - SPARK_EDGE - 4))
    last = [(at, point) for at, point in enumerate(points) if point.value is not None][-1:]
    ends = "".join(mark(point.kind, across(at), down(point.value or 0), ink, 4) for at, point in last)
    inner = "".join((*band(points, ink, across, down), *target_line(points, ink, across, down)))
    inner += "".join(line(points, ink.figure, 1.5, across, down)) + ends
    return image(SPARK_WIDTH, SPARK_HEIGHT, alt, inner)


def image(width: int, height: int, alt: str, inner: str, style: str = "") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f"{style}><title>{escape(alt)}</title>{inner}</svg>"
    )


def span_of(points: Iterable[Point]) -> tuple[float, float]:
    """The lowest and highest of everything drawn, with a little air; 0 to 1 where there is nothing."""
    drawn = [one for point in points for one in (point.value, point.lower, point.upper, point.target) if one is not None]
    if not drawn:
        return 0.0, 1.0
    low, high = min(drawn), max(drawn)
    air = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - air, high + air


def scale(span: tuple[float, float], place: tuple[float, float]) -> Scale:
    low, high = span
    return lambda value: place[0] + (value - low) / (high - low) * (place[1] - place[0])


def ticks(low: float, high: float) -> list[float]:
    """Round figures within the span: at most MOST_TICKS, and two wherever two fit."""
    rough = (high - low) / MOST_TICKS
    size = 10 ** floor(log10(rough))
    step = next(part * size for part in STEPS if part * size >= rough)
    first = -floor(-low / step)
    return [at * step for at in range(first, floor(high / step) + 1)]


def grid(chart: Chart, span: tuple[float, float], ink: Palette, down: Scale, right: int) -> Iterable[str]:
    """The axis of figures: a hair line and its figure, in the unit of the chart."""
    for tick in ticks(*span):
        y = down(tick)
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="{ink.rule}" stroke-width="1"/>'
        yield text(LEFT - 8, y + 4, figure(tick, chart.statistic, chart.unit), ink.quiet, "end")


def weeks(points: Sequence[Point], ink: Palette, across: Scale, width: int) -> Iterable[str]:
    """A few dates under the axis, the newest always; a cross over the axis where a figure is withheld."""
    every = max(1, -(-len(points) * WIDTH // (MOST_WEEKS_NAMED * width)))
    for at, point in enumerate(points):
        x = across(at)
        if (len(points) - 1 - at) % every == 0:
            yield text(x, HEIGHT - 9, f"{point.week.day} {point.week:%b}", ink.quiet, "middle")
        if point.withheld:
            y = HEIGHT - BOTTOM - 7
            yield f'<path d="M{x - 4:.1f} {y - 4}l8 8m0-8l-8 8" stroke="{ink.quiet}" stroke-width="1.8" fill="none"/>'


def band(points: Sequence[Point], ink: Palette, across: Scale, down: Scale) -> Iterable[str]:
    """The range of chance, a piece for each unbroken run of limits."""
    for run in runs(points, lambda point: point.lower is not None and point.upper is not None):
        upper = " ".join(f"{across(at):.1f},{down(point.upper or 0):.1f}" for at, point in run)
        lower = " ".join(f"{across(at):.1f},{down(point.lower or 0):.1f}" for at, point in reversed(run))
        yield f'<polygon points="{upper} {lower}" fill="{ink.band}"/>'


def limits(points: Sequence[Point], ink: Palette, across: Scale, down: Scale) -> Iterable[str]:
    """The mean and the target."""
    for run in runs(points, lambda point: point.mean is not None):
        yield polyline([(across(at), down(point.mean or 0)) for at, point in run], ink.quiet, 1.3)
    yield from target_line(points, ink, across, down)


def target_line(points: Sequence[Point], ink: Palette, across: Scale, down: Scale) -> Iterable[str]:
    for run in runs(points, lambda point: point.target is not None):
        yield polyline([(across(at), down(point.target or 0)) for at, point in run], ink.target, 1.3, "5 4")


def line(points: Sequence[Point], colour: str, width: float, across: Scale, down: Scale) -> Iterable[str]:
    for run in runs(points, lambda point: point.value is not None):
        yield polyline([(across(at), down(point.value or 0)) for at, point in run], colour, width)


def runs(points: Sequence[Point], there: Callable[[Point], bool]) -> list[list[tuple[int, Point]]]:
    """The unbroken runs of points of which something is there, with their places."""
    grouped = groupby(enumerate(points), key=lambda one: there(one[1]))
    return [list(run) for is_there, run in grouped if is_there]


def polyline(places: Iterable[tuple[float, float]], colour: str, width: float, dashes: str = "") -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dashed}/>'


def marks(points: Sequence[Point], ink: Palette, across: Scale, down: Scale) -> Iterable[str]:
    for at, point in enumerate(points):
        if point.value is not None:
            yield mark(point.kind, across(at), down(point.value), ink, 4.6)


def mark(kind: str, x: float, y: float, ink: Palette, size: float) -> str:
    """The shape of a week's verdict, in its colour."""
    if kind == "concern":
        far = size * 1.3
        edges = f"M{x:.1f} {y - far:.1f}l{far:.1f} {far:.1f}l{-far:.1f} {far:.1f}l{-far:.1f} {-far:.1f}z"
        return f'<path d="{edges}" fill="{ink.concern}"/>'
    if kind in ("neutral_high", "neutral_low"):
        return f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:.1f}" height="{2 * size:.1f}" fill="{ink.neutral}"/>'
    if kind == "improvement":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{ink.figure}"/>'
    radius = size * 0.72
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{ink.background}" stroke="{ink.figure}" stroke-width="1.4"/>'


def names(chart: Chart, ink: Palette, down: Scale, right: int) -> Iterable[str]:
    """What the lines are called, at their right end; pushed apart where they would touch."""
    last, told = chart.points[-1:], []
    for point in last:
        if point.mean is not None:
            told.append((down(point.mean), f"Mean {figure(point.mean, chart.statistic, chart.unit)}", ink.quiet))
        if point.target is not None:
            told.append((down(point.target), f"Target {figure(point.target, chart.statistic, chart.unit)}", ink.target))
    told.sort()
    if len(told) == 2 and told[1][0] - told[0][0] < LABEL_GAP:
        middle = (told[0][0] + told[1][0]) / 2
        told = [(middle - LABEL_GAP / 2, *told[0][1:]), (middle + LABEL_GAP / 2, *told[1][1:])]
    for y, words, colour in told:
        yield text(right + 12, y + 4, words, colour, "start")


def text(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
