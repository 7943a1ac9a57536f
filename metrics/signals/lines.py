"""The five lines of a chart, and the centre they are drawn around."""

import polars as pl

from metrics.signals import sums
from metrics.signals.profile import Profile

GROUP = ("series", "segment")
"""What limits are worked out over: nothing of one segment reaches into another."""

LIMIT = 3.0
"""Standard deviations from the centre to a limit (Shewhart)."""

NEAR = 2.0
"""Standard deviations from the centre to the near line, which two of three points must pass."""

SCREEN = 3.267
"""Moving ranges of this many times their mean and more are left out of it, once (D4 of ranges of two; NHSRplotthedots,
qicharts2)."""

D2 = 1.128
"""Mean moving range of two normal values in standard deviations, as qicharts2 rounds it (2 / sqrt(pi) = 1.128379)."""

LINES = ("centre", "lower", "upper", "near_lower", "near_upper")


def five_lines(
    centre: pl.Expr, middle: pl.Expr, sd: pl.Expr, least: float | None = None, most: float | None = None
) -> list[pl.Expr]:
    """centre, lower, upper, near_lower, near_upper: `middle` and so many `sd` each way, held within least and most.

    centre: the line that is drawn and that shifts are counted from; the same as `middle` but on a g chart. A null sd gives null
    limits.
    """
    ends = {"lower": -LIMIT, "upper": LIMIT, "near_lower": -NEAR, "near_upper": NEAR}
    return [centre.alias("centre"), *((middle + far * sd).clip(least, most).alias(name) for name, far in ends.items())]


def in_baseline(column: str) -> pl.Expr:
    """The column where the point makes its segment's limits and has a value; null elsewhere."""
    return pl.when(pl.col("baseline") & pl.col("value").is_not_null()).then(pl.col(column))


def pooled_share() -> pl.Expr:
    """The baseline's numerators over its denominators; null when there is nothing below the line. Never a mean of shares."""
    top, bottom = (sums.total(in_baseline(name)).over(GROUP) for name in ("numerator", "denominator"))
    return pl.when(bottom > 0).then(top / bottom)


def cases() -> pl.Expr:
    """The period's denominator; null where it is 0, so that nothing is divided by it."""
    return pl.when(pl.col("denominator") > 0).then(pl.col("denominator"))


def before(value: pl.Expr, profile: Profile, back: int = 1) -> pl.Expr:
    """The value so many periods before in the same segment; null at its start.

    A period without a value counts as a period: the one after it has nothing before it, so that no moving range spans a hole. A
    profile whose gaps are "closed" reaches back to the last value there is.
    """
    if profile.gaps == "closed":
        return value.shift(back).forward_fill().over(GROUP)
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(back) for name in GROUP)
    return pl.when(same).then(value.shift(back))


def with_mean_range(points: pl.LazyFrame, ranges: pl.Expr, profile: Profile) -> pl.LazyFrame:
    """The points with `mean_range` (f64|null): the mean of a segment's moving ranges, screened once where the profile says so.

    ranges: a moving range a point, null where there is none. When all are 0 the mean is 0, or null in a profile whose constant
    series have no limits: screening keeps nothing below 3.267 times 0. Fewer than two neighbours give null.
    """
    ranged = points.with_columns(ranges.alias("range")).with_columns(sums.mean(pl.col("range")).over(GROUP).alias("mean_range"))
    if profile.screen:
        kept = sums.mean(pl.when(pl.col("range") < SCREEN * pl.col("mean_range")).then(pl.col("range"))).over(GROUP)
        mended = (
            pl.when(kept > 0).then(kept).otherwise(pl.col("mean_range"))
        )  # one jump in a constant series is not screened to width 0
        ranged = ranged.with_columns((mended if profile.constant == "mean" else kept).alias("mean_range"))
    return ranged.drop("range")
