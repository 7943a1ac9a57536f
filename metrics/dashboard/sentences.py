"""What a chart shows, in words: an active title of at most ten words, and the alt text a screen reader speaks.

No sentence says a figure improved or worsened: that takes a control chart. They say what is highest, what is
lowest, and which side of the target a figure is on.
"""

from datetime import date
from typing import Any

import polars as pl

from metrics.dashboard import numbers, states
from metrics.jobs.equity import NO_DIFFERENCE, NOT_ASSESSED, REFERENCE

TITLE_WORDS = 10


def within_ten(*candidates: str) -> str:
    """The first candidate of at most ten words, else the last cut to ten."""
    fitting = [title for title in candidates if len(title.split()) <= TITLE_WORDS]
    return fitting[0] if fitting else " ".join(candidates[-1].split()[:TITLE_WORDS])


def short_period(start: date, grain: str) -> str:
    """A period in few words for a title; its year stands in the caption."""
    if grain in ("day", "week"):
        return f"{'Week of ' if grain == 'week' else ''}{start.day} {start:%B}"
    return f"{start.year}" if grain == "year" else f"{start:%B}" if grain == "month" else f"{start:%b} quarter"


def trend_title(latest: dict[str, Any], statistic: str, unit: str, grain: str, better: str) -> str:
    """'Week of 9 June: 69%, target missed'."""
    value, target, start = latest["value"], latest["target"], latest["period_start"]
    figure = numbers.figure(value, statistic, unit, latest.get("lower"))
    verdict = ""
    if isinstance(value, float) and isinstance(target, float) and better != "neither" and not states.too_few(latest["n"]):
        verdict = f", target {'met' if states.meets(value, target, better) else 'missed'}"
    when = short_period(start, grain)
    return within_ten(f"{when}: {figure}{verdict}", f"{when}: {figure}")


def trend_alt(title: str, series: pl.DataFrame, statistic: str, unit: str, grain: str) -> str:
    """The level, the span and the newest figure of a series."""
    settled = series.filter(pl.col("mature") & pl.col("value").is_not_null())
    if settled.is_empty():
        return f"{title}: no settled {grain} to show yet."
    low, high = settled.sort("value").row(0, named=True), settled.sort("value").row(-1, named=True)
    last = settled.row(-1, named=True)
    told = {name: numbers.figure(row["value"], statistic, unit) for name, row in (("low", low), ("high", high), ("last", last))}
    moving = series.filter(~pl.col("mature")).height
    tail = f" {moving} newer can still move." if moving else ""
    return (
        f"{title} by {grain}, {len(settled)} settled: lowest {told['low']} in {numbers.period(low['period_start'], grain)}, "
        f"highest {told['high']} in {numbers.period(high['period_start'], grain)}, "
        f"last settled {told['last']} in {numbers.period(last['period_start'], grain)}.{tail}"
    )


def places_title(rows: pl.DataFrame, better: str) -> str:
    """'Furthest behind: Northgate Hospital'. `rows` is sorted worst first."""
    told = rows.filter(pl.col("value").is_not_null())
    if told.is_empty():
        return "No figures to compare"
    first, last = told["name"][0], told["name"][-1]
    if len(told) == 1:
        return within_ten(f"Only {first} has figures", "One place has figures")
    high, low = ("Highest", "lowest") if better != "higher" else ("Lowest", "highest")
    return within_ten(f"{high} at {first}, {low} at {last}", f"{high} at {first}", f"{high}: {first}")


def dots_alt(title: str, rows: pl.DataFrame, statistic: str, unit: str) -> str:
    """Every dot in words, up to twelve; the table holds them all."""
    told = rows.filter(pl.col("value").is_not_null())
    parts = [
        f"{row['name']} {numbers.figure(row['value'], statistic, unit)} (n {numbers.whole(row['n'])})"
        for row in told.head(12).to_dicts()
    ]
    more = f", and {len(told) - 12} more" if len(told) > 12 else ""
    return f"{title}: {', '.join(parts)}{more}." if parts else f"{title}: nothing to show."


def edge(minutes: float) -> str:
    return numbers.wait(minutes, "minutes")


def quantile_words(bars: pl.DataFrame, share: float) -> str:
    """The upper edge of the bar in which the given share of waits is reached, in words."""
    so_far = pl.col("n").cum_sum() / pl.col("n").sum()
    row = bars.filter(so_far >= share).row(0, named=True)
    return f"over {edge(row['from_minutes'])}" if row["longer"] else f"under {edge(row['to_minutes'])}"


def distribution_title(bars: pl.DataFrame) -> str:
    """'Half waited under 45 min, 90% under 2 h'."""
    half, most = quantile_words(bars, 0.5), quantile_words(bars, 0.9)
    return within_ten(f"Half waited {half}, 90% {most}", f"Half {half}, 90% {most}", f"90% waited {most}")


def distribution_alt(title: str, bars: pl.DataFrame) -> str:
    """Where most waits lie and how many are in the last, open bar."""
    total, longer = int(bars["n"].sum()), int(bars.filter("longer")["n"].sum())
    peak = bars.sort("n", descending=True).row(0, named=True)
    return (
        f"{title}: {total:,} completed waits. Half were {quantile_words(bars, 0.5)} and nine in ten {quantile_words(bars, 0.9)}. "
        f"The fullest bar runs from {edge(peak['from_minutes'])} to {edge(peak['to_minutes'])} with {peak['n']:,}; "
        f"the last, open bar holds {longer:,}."
    )


GAPS_CAPTION = (
    "The group's figure less the reference's, with a 95% interval. Groups of fewer than {least} cases are not assessed. "
    "A difference is not its cause: groups differ in age, need and place."
)


def gaps_title(rows: pl.DataFrame) -> str:
    """How many groups differ from the reference: 'Compared with 18-34: 2 of 5 groups differ'."""
    others = rows.filter(pl.col("finding") != REFERENCE)
    assessed = others.filter(pl.col("finding") != NOT_ASSESSED)
    reference = rows["reference"][0]
    if assessed.is_empty():
        return f"Compared with {reference}: no group is large enough to be assessed"
    differ = assessed.filter(pl.col("finding") != NO_DIFFERENCE).height
    groups = f"{assessed.height} group{'' if assessed.height == 1 else 's'}"
    return f"Compared with {reference}: {differ or 'none'} of {groups} differ{'s' if 1 in (differ, assessed.height) else ''}"
