"""TQ015 and TQ016: counts made elsewhere that do not add up: lists, and medians that are not those of their own bins."""

import polars as pl

from metrics.jobs.tallies import quantile_of_bins
from metrics.jobs.waits import PROBABILITIES
from metrics.quality.check import Check, Material, Threshold, found, nothing, percent

PARTS = ("opening", "in", "out", "closing")
UNEXPLAINED = 0.01
CASE = ["period_start", "site_id", "service_id"]
DIGITS = range(6)
QUANTILES = pl.Schema({
    "metric": pl.String(), "period_start": pl.Datetime("us"), "site_id": pl.String(), "service_id": pl.String(),
    "published": pl.String(), "value": pl.Float64(),
})  # fmt: skip


def reconciled(material: Material) -> pl.DataFrame:
    """Each list of each place and period: opening + in - out against closing.

    The tallies of a list are `<list>_opening`, `<list>_in`, `<list>_out` and `<list>_closing`, each a count; several of one part
    add up. A list without all four is not judged.
    """
    lists = list_parts(material.tallies)
    if lists.is_empty():
        return nothing()
    residual = pl.col("opening") + pl.col("in") - pl.col("out") - pl.col("closing")
    told = lists.with_columns(n=residual.abs().round(0).cast(pl.Int64), total=pl.col("opening").round(0).cast(pl.Int64))
    share = pl.when(pl.col("opening") > 0).then(residual.abs() / pl.col("opening")).otherwise(0.0)
    way = (
        pl.when(residual > 0)
        .then(pl.lit("left the list without a recorded stop"))
        .otherwise(pl.lit("are on it without a recorded start"))
    )
    sentence = pl.format("{}: {} of {} ({}) {}", "period", "n", "total", percent(share), way)
    severity = pl.when(share > UNEXPLAINED).then(pl.lit("fail")).otherwise(pl.lit("pass"))
    return found(told.with_columns(severity=severity, sentence=sentence, table_name=pl.lit("tallies"), about="list"))


def list_parts(tallies: pl.DataFrame) -> pl.DataFrame:
    """list, source, site_id, service_id, period, and a column a part: the lists that have all four; sorted."""
    if tallies.is_empty():
        return pl.DataFrame()
    named = tallies.filter(pl.col("count").is_not_null(), pl.col("bin_lower").is_null()).with_columns(
        list=pl.col("metric").str.extract(r"^(.*)_(?:opening|in|out|closing)$", 1),
        part=pl.col("metric").str.extract(r"_(opening|in|out|closing)$", 1),
        period=pl.col("day").dt.strftime("%B %Y"),
    )
    by = ["list", "source", "site_id", "service_id", "period_start", "period"]
    sums = named.drop_nulls("part").group_by(by).agg(
        *(pl.col("count").filter(pl.col("part") == part).sum().alias(part) for part in PARTS),
        pl.col("part").n_unique().alias("parts"),
    )  # fmt: skip
    return sums.filter(pl.col("parts") == len(PARTS)).drop("parts").sort(by)


def medians(material: Material) -> pl.DataFrame:
    """Each quantile that a file publishes beside its own bins, against the one read out of them."""
    if material.tallies.is_empty():
        return nothing()
    stated = material.tallies.filter(pl.col("published").is_in(list(PROBABILITIES)), pl.col("published_value").is_not_null())
    own = from_bins(material.tallies.join(stated.select("metric").unique(), on="metric", how="semi"))
    both = stated.select("source", "metric", *CASE, "published", "published_value", "tally_id").join(
        own, on=["metric", *CASE, "published"], nulls_equal=True
    )  # fmt: skip
    if both.is_empty():
        return nothing()
    differs = (pl.col("value") - pl.col("published_value")).abs() > allowed(pl.col("published_value"))
    by_feed = both.group_by("source", "site_id", "metric").agg(
        differs.sum().alias("n"), pl.len().alias("total"), pl.col("tally_id").filter(differs).sort().head(3).alias("examples"),
        (pl.col("value") - pl.col("published_value")).abs().filter(differs).max().alias("most"),
    )  # fmt: skip
    most = pl.col("most").round(2)
    sentence = (
        pl.when(pl.col("n") == 0).then(pl.format("all {} published quantiles are those of their own bins", "total"))
        .otherwise(pl.format("{} of {} published quantiles are not those of their own bins, by up to {}", "n", "total", most))
    )  # fmt: skip
    severity = pl.when(pl.col("n") > 0).then(pl.lit("fail")).otherwise(pl.lit("pass"))
    told = by_feed.with_columns(severity=severity, sentence=sentence, table_name=pl.lit("tallies"), about="metric")
    return found(told.sort("source", "metric", "site_id"))


def from_bins(tallies: pl.DataFrame) -> pl.DataFrame:
    """metric, CASE, published (the statistic's name), value: every quantile of the bins of each tally.

    One in an open last bin stands at the bin's edge, as NHS England publishes it.
    """
    bins = tallies.filter(pl.col("bin_lower").is_not_null())
    summed = bins.group_by("metric", *CASE, "bin_lower", "bin_upper").agg(pl.col("count").sum())
    parts = [
        quantile_of_bins(one.sort(*CASE, "bin_lower", "bin_upper", nulls_last=True), statistic, q).select(
            pl.lit(metric).alias("metric"), *CASE, pl.lit(statistic).alias("published"), pl.coalesce("value", "lower")
        )
        for (metric,), one in summed.partition_by("metric", as_dict=True).items()
        for statistic, q in PROBABILITIES.items()
    ]
    return pl.concat([pl.DataFrame(schema=QUANTILES), *parts])


def allowed(value: pl.Expr) -> pl.Expr:
    """Half of the last digit that a published value shows, and a breath for the way it is stored."""
    shown = pl.coalesce(pl.when(value.round(digits) == value).then(0.5 * 10.0**-digits) for digits in DIGITS).fill_null(0.0)
    return shown + 1e-6


LIST_CHECK = Check(
    code="TQ015",
    name="list",
    title="A list that does not add up",
    severity="fail",
    what="Adds opening + in - out of a waiting list (tallies <list>_opening, _in, _out, _closing) and compares it with closing.",
    why=(
        "Who leaves a list without a recorded stop was treated, removed or lost: the figure cannot say. In March 2025 they were "
        "244,936 of England's 7,402,148 (3.31 %)."
    ),
    next_step="Ask who validates the list and where removals are recorded; publish the residual beside the list's length.",
    thresholds=(
        Threshold("unexplained", "1 % of the opening list", "late stops of a month's last days are some tenths of a per cent"),
    ),
    judged=reconciled,
)
MEDIAN_CHECK = Check(
    code="TQ016",
    name="published",
    title="Published medians that are not those of their own bins",
    severity="fail",
    what=(
        "Reads median, 90th and 95th percentile out of a file's own bins, by linear interpolation inside a bin, and compares "
        "them with those the file publishes beside them."
    ),
    why="One of the two is wrong: rows were lost in the file or in its reading, or its author averaged medians.",
    next_step="Add up the bins of an example by hand against the file; an open last bin is read as its lower edge.",
    thresholds=(Threshold("apart", "half of the last digit published", "what rounding explains and no more"),),
    judged=medians,
)
