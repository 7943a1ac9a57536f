"""TQ009 A spike just under a limit: more waits end in the last minutes before the target than on either side."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from metrics.definitions.metric import Metric
from metrics.quality.check import Check, Material, Threshold, found, nothing
from metrics.signals.binomial_tails import at_least

STEP = 5
"""Minutes of the window just under the limit. Five, because stamps are often rounded to five: each window then has one heap."""
SIDE = 4 * STEP
"""Minutes on either side that say what is usual, beyond a gap of one step after the limit, from which waits were perhaps moved."""
SHORTEST, LONGEST = 30, 1440 - SIDE - STEP
"""Limits looked at, in minutes. Shorter ones have no smooth neighbours in bins of a minute; waits of days have a weekly rhythm."""
CHANCE = 0.01
"""That any of all windows tried is told of by chance alone: each is held to this over how many were tried (Bonferroni)."""
EXCESS, LEAST = 1.5, 20


def judged(material: Material) -> pl.DataFrame:
    """Each metric with a limit at each site, by the completed waits of the newest months."""
    limits = limits_of(material.metrics.values())
    if material.bins.is_empty() or limits.is_empty():
        return nothing()
    near = material.bins.join(limits, on="metric").with_columns(off=pl.col("bin") - pl.col("limit"))
    sums = near.group_by("metric", "table_name", "limit", "site_id").agg(
        _count(-STEP, 0).alias("n"), _count(-STEP - SIDE, -STEP).alias("under"), _count(STEP, STEP + SIDE).alias("over")
    )
    tried = with_chance(sums.filter(pl.col("under") + pl.col("over") > 0).sort("metric", "site_id"))
    return _told(tried)


def _told(tried: pl.DataFrame) -> pl.DataFrame:
    spike = (pl.col("n") >= LEAST) & (pl.col("excess") >= EXCESS) & (pl.col("chance") * tried.height < CHANCE)
    sentence = pl.format(
        "{} waits ended in the last {} minutes before the limit of {} minutes, where their neighbours let expect {} ({} times)",
        "n", pl.lit(STEP), "limit", pl.col("expected").round(1), pl.col("excess").round(1),
    )  # fmt: skip
    severity = pl.when(spike).then(pl.lit("warn")).otherwise(pl.lit("pass"))
    return found(
        tried.with_columns(
            severity=severity, sentence=sentence, about="metric", total=pl.col("n") + pl.col("under") + pl.col("over")
        )
    )


def limits_of(metrics: Iterable[Metric]) -> pl.DataFrame:
    """metric, table_name, limit (minutes): the durations whose share within a limit is reported, on a clock of seconds."""
    rows = [
        (metric.id, metric.table, minutes)
        for metric in metrics
        if metric.kind == "duration" and metric.within is not None and metric.clock == "elapsed" and not metric.is_tally
        and metric.within.total_seconds() % 60 == 0 and SHORTEST <= (minutes := int(metric.within.total_seconds()) // 60) <= LONGEST
    ]  # fmt: skip
    return pl.DataFrame(rows, schema={"metric": pl.String, "table_name": pl.String, "limit": pl.Int64}, orient="row")


def with_chance(sums: pl.DataFrame) -> pl.DataFrame:
    """With expected, excess and chance. sums: n in the window, under and over in the sides (SIDE minutes each).

    The expectation lies on the straight line through the logarithms of both sides, as a density that falls off does; a side
    without waits counts half a one. chance: of so many in the window or more, given all three together (exact binomial).
    """
    place = (SIDE / 2 + STEP / 2) / (SIDE + 2 * STEP)  # of the window's middle, from the middle of `under` to that of `over`
    under, over = (pl.max_horizontal(name, pl.lit(0.5)) * (STEP / SIDE) for name in ("under", "over"))
    expected = (under.log() * (1 - place) + over.log() * place).exp()
    told = sums.with_columns(expected=expected).with_columns(excess=pl.col("n") / pl.col("expected"))
    sides = (told["under"] + told["over"]).to_numpy().astype(float)
    usual, n = told["expected"].to_numpy(), told["n"].to_numpy().astype(float)
    share = usual / (usual + np.maximum(sides, 1.0))
    return told.with_columns(chance=pl.Series(at_least(n, n + sides, share), dtype=pl.Float64))


def _count(beyond: int, upto: int) -> pl.Expr:
    return pl.col("n").filter((pl.col("off") > beyond) & (pl.col("off") <= upto)).sum()


CHECK = Check(
    code="TQ009",
    name="spike",
    title="A spike just under a limit",
    severity="warn",
    what=(
        "Compares the waits that ended in the last 5 minutes before a metric's limit (3:55 to 4:00 of four hours) with what the 20 "
        "minutes on either side let expect, by an exact binomial test of each metric at each site."
    ),
    why=(
        "People are moved, or stamps are, when the clock is about to run out. The share within it then says how well the limit is "
        "watched, not how long patients wait."
    ),
    next_step=(
        "Look at the histogram. A spike with a gap after it is a decision at the limit: hurry, or a stamp. Ask why, read "
        "the 90th percentile beside the share, and see whether other half hours stand out too (rounded stamps)."
    ),
    thresholds=(
        Threshold("window", "5 minutes", "stamps are often rounded to five minutes: every window then holds one heap"),
        Threshold("sides", "20 minutes each, 5 minutes after the limit left out", "where waits moved under the limit are missing"),
        Threshold(
            "limits", "30 minutes to 23 h 35 min", "shorter limits have no smooth neighbours in bins of a minute, days have weeks"
        ),
        Threshold(
            "excess", "1.5 times and 20 waits", "real densities bend a little between the sides; half as much again is no bend"
        ),
        Threshold("chance", "1 % over all that were tried", "forty metrics at twelve sites would otherwise tell of four by luck"),
    ),
    judged=judged,
)
