"""TQ002 to TQ004: rows that were refused at the door, by what they broke: order of time, placeholder, any rule."""

import polars as pl

from metrics.quality.check import Check, Material, Threshold, found, nothing, percent

REJECTED_SHARE = 0.01
"""More than one row in a hundred rejected is a broken mapping, not a few broken rows."""
ORDER_SHARE = 0.002
PLACEHOLDER_SHARE = 0.005
NEGATIVE, PLACEHOLDER = "_not_before_", "_is_a_time"  # in the names of the rules, see metrics.events


def negative(material: Material) -> pl.DataFrame:
    return _of_rules(material, pl.col("rule").str.contains(NEGATIVE, literal=True), ORDER_SHARE, "rows end before they begin")


def placeholder(material: Material) -> pl.DataFrame:
    rule = pl.col("rule").str.ends_with(PLACEHOLDER)
    return _of_rules(material, rule, PLACEHOLDER_SHARE, "rows hold a placeholder (1900-01-01, 9999-12-31) where a time should be")


def rejected(material: Material) -> pl.DataFrame:
    """Each feed: how many of its rows were refused, for whatever reason."""
    if material.freshness.is_empty():
        return nothing()
    feeds = material.freshness.filter(pl.col("site_id").is_null()).with_columns(
        n=pl.col("rejected").fill_null(0), total=pl.col("rows") + pl.col("rejected").fill_null(0)
    )
    share = pl.when(pl.col("total") > 0).then(pl.col("n") / pl.col("total")).otherwise(0.0)
    sentence = pl.format("{} of {} rows rejected ({})", "n", "total", percent(share))
    return found(feeds.with_columns(severity=_over(share, REJECTED_SHARE, "fail"), sentence=sentence))


def _of_rules(material: Material, rule: pl.Expr, limit: float, what: str) -> pl.DataFrame:
    """Rejects and warnings of the rules, by feed and rule. total: the feed's rows, kept or refused."""
    if material.rejects.is_empty() or material.freshness.is_empty():
        return nothing()
    whole = material.freshness.filter(pl.col("site_id").is_null())
    feeds = whole.select("table_name", "source", total=pl.col("rows") + pl.col("rejected").fill_null(0))
    broken = material.rejects.filter(rule).group_by("table_name", "source", "column").agg(pl.col("rows").sum().alias("n"))
    share = pl.col("n") / pl.col("total")
    told = broken.join(feeds, on=["table_name", "source"]).rename({"column": "about"}).sort("table_name", "source", "about")
    sentence = pl.format("{} of {} ({}) {}", "n", "total", percent(share), pl.lit(what))
    return found(told.with_columns(severity=_over(share, limit, "warn"), sentence=sentence))


def _over(share: pl.Expr, limit: float, severity: str) -> pl.Expr:
    return pl.when(share > limit).then(pl.lit(severity)).otherwise(pl.lit("pass"))


NEGATIVE_CHECK = Check(
    code="TQ002",
    name="negative",
    title="Negative intervals",
    severity="warn",
    what="Counts rows whose later instant lies before the earlier one: answered before opened, departed before arrived.",
    why="Two clocks disagree, or two columns were swapped. Such waits are refused, never set to nought: setting them flatters.",
    next_step="Look at the rejects' file and line. If a whole column is shifted alike, its time zone in the mapping is wrong.",
    thresholds=(
        Threshold("most", "0.2 % of a feed's rows", "a few swapped stamps are slips of the hand; two in a thousand are a clock"),
    ),
    judged=negative,
)
PLACEHOLDER_CHECK = Check(
    code="TQ003",
    name="placeholder",
    title="Placeholder times",
    severity="warn",
    what="Counts instants outside 1970 to 2299, such as 1900-01-01, 11/11/1811 and 9999-12-31.",
    why="A placeholder says 'not known'. Taken as a time it makes waits of a century; NHS and Ontario specifications exclude them.",
    next_step="Map the source's placeholder to null in the mapping, then ingest the same files again.",
    thresholds=(Threshold("most", "0.5 % of a feed's rows", "a source that writes placeholders as a rule has far more"),),
    judged=placeholder,
)
REJECTED_CHECK = Check(
    code="TQ004",
    name="accepted",
    title="Rejected rows",
    severity="fail",
    what="Counts the rows of each feed that broke a rule and are in no figure.",
    why="What is refused is not counted: a mapping that refuses one kind of row makes that kind disappear.",
    next_step="Read the rules that were broken on the data page; mend the mapping or the export and ingest the files again.",
    thresholds=(
        Threshold("most rejected", "1 % of a feed's rows", "more than one in a hundred is a broken mapping, not a few broken rows"),
    ),
    judged=rejected,
)
