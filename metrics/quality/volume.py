"""TQ013 Feed volume: a day with far fewer or far more rows than the same weekday usually has."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.quality.check import Check, Material, Threshold, found, nothing
from metrics.quality.totals import PLACE
from metrics.signals.binomial_tails import at_least, at_most

WEEKS = 8
"""Of the same weekday before, whose median is the usual: a holiday or an outage among them does not move it."""
JUDGED_DAYS = 7
LEAST_USUAL = 20
FEW, MANY = 0.4, 2.5
CHANCE = 0.001
MANY_TRIES = 1e7  # a binomial of so many tries is a Poisson to the seventh digit
EPOCH = date(1970, 1, 1)


def judged(material: Material) -> pl.DataFrame:
    """The last whole days of each feed at each site; a day off of the site is not judged."""
    counted = material.counts.filter(pl.col("counted") == "volume")
    if counted.is_empty() or material.freshness.is_empty():
        return nothing()
    days = with_usual(counted, last_days(material))
    days = _working(days, material.working_days).filter(pl.col("usual") >= LEAST_USUAL)
    if days.is_empty():
        return nothing()
    n, usual = (days[name].to_numpy().astype(float) for name in ("n", "usual"))
    tries, share = np.full_like(n, MANY_TRIES), usual / MANY_TRIES
    rare = pl.min_horizontal(pl.lit(pl.Series(at_most(n, tries, share))), pl.lit(pl.Series(at_least(n, tries, share))))
    told = days.with_columns(ratio=pl.col("n") / pl.col("usual"), chance=rare)
    odd = ((pl.col("ratio") <= FEW) | (pl.col("ratio") >= MANY)) & (pl.col("chance") * days.height < CHANCE)
    sentence = pl.format(
        "{} rows on {}, where {} are usual on a {}",
        "n",
        "day",
        pl.col("usual").round(0).cast(pl.Int64),
        pl.col("day").dt.strftime("%A"),
    )
    severity = pl.when(odd).then(pl.lit("warn")).otherwise(pl.lit("pass"))
    return found(told.with_columns(severity=severity, sentence=sentence, about=pl.col("day").cast(pl.String)))


def last_days(material: Material) -> pl.DataFrame:
    """PLACE and last: the newest local day that each feed has told of to its end, as far as can be known."""
    sites = material.freshness.filter(pl.col("site_id").is_not_null(), pl.col("recorded_at").is_not_null())
    heard = pl.min_horizontal(pl.col("recorded_at"), pl.lit(material.as_of)).dt.date()
    return sites.select(*PLACE, last=(heard - timedelta(days=2)).cast(pl.Int32).cast(pl.Int64))


def with_usual(counted: pl.DataFrame, last: pl.DataFrame) -> pl.DataFrame:
    """PLACE, day, n, usual: the JUDGED_DAYS up to `last`. A day without rows has 0. A site younger than WEEKS is left out."""
    sums = counted.group_by(*PLACE, "bucket").agg(pl.col("n").sum())
    first = sums.group_by(PLACE).agg(pl.col("bucket").min().alias("first"))
    places = last.join(first, on=PLACE, nulls_equal=True).filter(pl.col("last") - pl.col("first") >= 7 * (WEEKS + 1))
    back = pl.DataFrame({"back": range(JUDGED_DAYS)}, schema={"back": pl.Int64})
    weeks = pl.DataFrame({"week": range(WEEKS + 1)}, schema={"week": pl.Int64})
    grid = places.join(back, how="cross").join(weeks, how="cross")
    grid = grid.with_columns(bucket=pl.col("last") - pl.col("back") - 7 * pl.col("week"))
    filled = grid.join(sums, on=[*PLACE, "bucket"], how="left", nulls_equal=True).with_columns(pl.col("n").fill_null(0))
    judged = filled.group_by(*PLACE, "back").agg(
        pl.col("bucket").filter(pl.col("week") == 0).first(), pl.col("n").filter(pl.col("week") == 0).first(),
        pl.col("n").filter(pl.col("week") > 0).median().alias("usual"),
    )  # fmt: skip
    return judged.with_columns(day=pl.col("bucket").cast(pl.Int32).cast(pl.Date)).sort(*PLACE, "day")


def _working(days: pl.DataFrame, working_days: pl.DataFrame) -> pl.DataFrame:
    """Without the days that are holidays of the site: no working day, of a weekday on which the site usually works."""
    if working_days.is_empty():
        return days
    weekday = pl.col("day").dt.weekday()
    usual = working_days.group_by("site_id", weekday.alias("weekday")).agg(pl.col("working").mean().alias("often"))
    placed = days.with_columns(weekday=weekday).join(usual, on=["site_id", "weekday"], how="left")
    placed = placed.join(working_days.select("site_id", "day", "working"), on=["site_id", "day"], how="left")
    holiday = (pl.col("often") > 0.5) & ~pl.col("working")
    return placed.filter(~holiday.fill_null(False)).drop("weekday", "often", "working")


CHECK = Check(
    code="TQ013",
    name="volume",
    title="Feed volume",
    severity="warn",
    what="Compares the rows of a feed's last seven whole days at a site with the median of the same weekday in eight weeks.",
    why="Half a day's extract looks like a good day: fewer patients, shorter waits. Twice the rows: a file loaded under new ids.",
    next_step="Ask whether the site was open, then whether the extract broke off; ingest the day's file again.",
    thresholds=(
        Threshold("few", "40 % of the usual", "an ordinary quiet day is above half of it"),
        Threshold("many", "2.5 times the usual", "more than twice, which is what one double load gives together with a busy day"),
        Threshold("least usual", "20 rows", "of fewer rows a day is noise"),
        Threshold(
            "chance", "0.1 % over all days tried (Poisson)", "a dozen feeds at a dozen sites for seven days are a thousand tries"
        ),
    ),
    judged=judged,
)
