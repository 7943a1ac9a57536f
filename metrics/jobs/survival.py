"""Kaplan-Meier: how long a wait takes when some have not ended yet, for every group at once.

A case that left, or still waits, is censored: it waited at least that long. It counts among those at risk until then, and at
its own time still: an end and a departure at the same tick count the end first. Leaving is taken to say nothing of how long
the wait would have been.
"""

from collections.abc import Sequence

import polars as pl

from metrics.jobs.intervals import Z

GROUP = ("place", "period")
NEAR = 1e-9
"""How far above its mark a curve may stand and still have reached it: a product of fractions misses a half by rounding alone."""


ENDED, CENSORED = 0, 1
"""The last binary digit of a marked wait."""


def marked(ended: pl.DataFrame, censored: pl.DataFrame) -> pl.DataFrame:
    """Both value counts (place, period, wait, count) in one frame, whose waits are doubled and of censored cases one more.

    So one sort orders groups, the waits inside them and, at the same wait, ends before departures.
    """
    columns = ("place", "period", "wait", "count")
    parts = ((ended, ENDED), (censored, CENSORED))
    return pl.concat(frame.select(columns).with_columns(pl.col("wait") * 2 + mark) for frame, mark in parts)


def times(counted: pl.DataFrame) -> pl.DataFrame:
    """place, period, wait, ended, left: how many ended and how many were censored at each wait, in order.

    counted: value_counts of marked waits. At one wait two rows at most stand together: those that ended, then those that left.
    """
    wait = pl.col("wait") // 2
    is_end = pl.col("wait") % 2 == ENDED
    paired = pl.all_horizontal(of == of.shift(-1) for of in (*(pl.col(name) for name in GROUP), wait)).fill_null(False)
    beside = pl.when(paired).then(pl.col("count").shift(-1)).otherwise(0)
    return counted.select(
        *GROUP, wait.alias("wait"), pl.when(is_end).then("count").otherwise(0).alias("ended"),
        pl.when(is_end).then(beside).otherwise("count").alias("left"), paired.shift(1, fill_value=False).alias("told"),
    ).filter(~pl.col("told")).drop("told")  # fmt: skip


def curve(timed: pl.DataFrame) -> pl.DataFrame:
    """The frame of `times` with group (a number), at_risk, survival, low and high.

    survival: the share still waiting just after the wait, S(t). low, high: its 95 % interval on the log-log scale with
    Greenwood's variance (Kalbfleisch and Prentice); null where S is 1 or 0, where that scale says nothing.
    """
    new = pl.any_horizontal((pl.col(name) != pl.col(name).shift(1)).fill_null(True) for name in GROUP)
    grouped = timed.with_columns(new.cum_sum().alias("group"))
    at_risk, ended = pl.col("at_risk"), pl.col("ended")
    counted = grouped.with_columns((ended + pl.col("left")).cum_sum(reverse=True).over("group").alias("at_risk"))
    drawn = counted.with_columns(
        (1 - ended / at_risk).cum_prod().over("group").alias("survival"),
        (ended / (at_risk * (at_risk - ended))).cum_sum().over("group").alias("variance"),
    )
    return drawn.with_columns(_end(1.0).alias("low"), _end(-1.0).alias("high")).drop("variance")


def _end(side: float) -> pl.Expr:
    """S to the power exp(+-z * sqrt(Greenwood) / -ln S)."""
    survival = pl.col("survival")
    power = (side * Z * pl.col("variance").sqrt() / -survival.log()).exp()
    return pl.when((survival > 0) & (survival < 1)).then(survival.pow(power))


def estimates(timed: pl.DataFrame, probabilities: Sequence[float], limit: pl.Expr | None = None) -> pl.DataFrame:
    """Each group's quantiles and its share within `limit`, in ticks of the clock.

    timed: as `times` gives it; limit: an expression over it, the same all through a group.
    Returns place, period, n (cases, censored ones too) and, for the i-th probability, value_i, lower_i, upper_i; with a limit,
    share, share_lower, share_upper too. A quantile is the first wait at which S is no more than 1 - q, and its interval holds
    the waits at which the band about S covers 1 - q (Brookmeyer and Crowley). Undefined stays undefined, as null: a quantile
    that the curve does not reach; an interval's end that the band does not reach; a share within a limit beyond the longest
    wait while somebody is not known to have ended.
    """
    figures = [figure for i, q in enumerate(probabilities) for figure in _quantile(i, 1 - q)]
    shares = [] if limit is None else _share(limit)
    found = curve(timed).group_by("group", maintain_order=True).agg(
        pl.col(*GROUP, "at_risk").first(), *figures, *shares
    )  # fmt: skip
    named = found.drop("group").rename({"at_risk": "n"})
    if limit is None:
        return named
    known = (pl.col("longest") >= pl.col("limit")) | (pl.col("last") <= 0)
    share = [pl.when(known).then(1 - pl.col(name)).alias(name) for name in ("share", "share_lower", "share_upper")]
    return named.with_columns(share).drop("longest", "last", "limit")


def _quantile(i: int, mark: float) -> list[pl.Expr]:
    """The waits at which S, and the ends of its interval, first stand at the mark or below."""
    lines = {"value": "survival", "lower": "low", "upper": "high"}
    wait = pl.col("wait").cast(pl.Float64)
    return [wait.filter(pl.col(line) <= mark + NEAR).first().alias(f"{name}_{i}") for name, line in lines.items()]


def _share(limit: pl.Expr) -> list[pl.Expr]:
    """S and its interval at the limit (S is 1 before the first wait), the longest wait and S after it."""
    inside = pl.col("wait") <= limit
    ends = {"share_lower": "high", "share_upper": "low"}
    return [
        pl.col("survival").filter(inside).last().fill_null(1.0).alias("share"),
        *(pl.col(line).filter(inside).last().alias(name) for name, line in ends.items()),
        pl.col("wait").last().alias("longest"), pl.col("survival").last().alias("last"), limit.first().alias("limit"),
    ]  # fmt: skip
