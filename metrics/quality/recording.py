"""TQ006 and TQ007: rows told before their time or out of turn, and rows told late."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from metrics.definitions.lengths import words_from_length
from metrics.definitions.metric import Metric
from metrics.quality.check import Check, Material, Threshold, found, of_total, percent
from metrics.quality.counts import LAG_EDGES
from metrics.quality.totals import PLACE, totals

AHEAD_SHARE, LEAST_AHEAD = 0.002, 5
LATE_SHARE, LEAST_ROWS = 0.15, 50
WORDS = ("5 minutes", "15 minutes", "an hour", "4 hours", "12 hours", "a day", "2 days", "3 days", "5 days", "a week", "2 weeks",
         "30 days", "60 days", "90 days", "a year", "over a year")  # fmt: skip


def out_of_order(material: Material) -> pl.DataFrame:
    """Stamps later than the row that tells of them, by column; and statements that came after a newer one, by feed."""
    sums = totals(material, "ahead")
    broken = (pl.col("n") / pl.col("total") > AHEAD_SHARE) & (pl.col("n") >= LEAST_AHEAD)
    severity = pl.when(broken).then(pl.lit("warn")).otherwise(pl.lit("pass"))
    ahead = sums.with_columns(severity=severity, sentence=of_total("rows were recorded before this happened"))
    return pl.concat([found(ahead), _overtaken(material)])


def _overtaken(material: Material) -> pl.DataFrame:
    """Older statements that differ from the newer one already there. The newest still wins: told, never a fault of a figure."""
    if material.edits.is_empty():
        return found(pl.DataFrame(schema={"table_name": pl.String}))
    late = (
        material.edits.filter("overtaken")
        .group_by(*PLACE)
        .agg(pl.col("key").n_unique().alias("n"), pl.col("key").unique().sort().head(3).alias("examples"))
    )
    sentence = pl.format("{} cases were told of out of order; the newest statement stands", "n")
    return found(late.sort(PLACE).with_columns(severity=pl.lit("pass"), sentence=sentence))


def late(material: Material) -> pl.DataFrame:
    """Each table at each site: how long after the event rows are recorded, and how many after figures are called final."""
    lags = material.counts.filter(pl.col("counted") == "late")
    if lags.is_empty():
        return found(pl.DataFrame(schema={"table_name": pl.String}))
    edges = pl.Series([*LAG_EDGES, 10**9])
    rows = lags.join(first_maturities(material.metrics), on="table_name").with_columns(edge=pl.lit(edges).gather("bucket"))
    beyond = pl.col("n").filter(pl.col("edge") > pl.col("minutes")).sum()
    sums = rows.group_by(*PLACE, "words").agg(
        beyond.alias("n"), pl.col("n").sum().alias("total"), _quantile(0.5).alias("half"), _quantile(0.9).alias("most")
    ).sort(PLACE)  # fmt: skip
    broken = (pl.col("n") / pl.col("total") > LATE_SHARE) & (pl.col("total") >= LEAST_ROWS)
    word = dict(enumerate(WORDS))
    sentence = pl.format(
        "half recorded within {}, nine in ten within {}; {} after {}, when the first figures are called final",
        pl.col("half").replace_strict(word, return_dtype=pl.String), pl.col("most").replace_strict(word, return_dtype=pl.String),
        percent(pl.col("n") / pl.col("total")), "words",
    )  # fmt: skip
    severity = pl.when(broken).then(pl.lit("warn")).otherwise(pl.lit("pass"))
    return found(sums.with_columns(severity=severity, sentence=sentence))


def _quantile(share: float) -> pl.Expr:
    """The first bin by whose end the share of rows is reached."""
    upto = pl.col("n").sort_by("bucket").cum_sum()
    return pl.col("bucket").sort().filter(upto >= share * pl.col("n").sum()).first()


def first_maturities(metrics: Mapping[str, Metric]) -> pl.DataFrame:
    """table_name, minutes, words: how soon after its period the first figure of the table is called final."""
    lengths: dict[str, timedelta] = {}
    for metric in metrics.values():
        if metric.matures and not metric.is_tally:
            lengths[metric.table] = min(metric.matures, lengths.get(metric.table, metric.matures))
    rows = [(table, int(length.total_seconds()) // 60, words_from_length(length)) for table, length in lengths.items()]
    return pl.DataFrame(rows, schema={"table_name": pl.String, "minutes": pl.Int64, "words": pl.String}, orient="row")


ORDER_CHECK = Check(
    code="TQ006",
    name="order",
    title="Told before it happened, or out of turn",
    severity="warn",
    what=(
        "Counts instants more than 5 minutes later than the row that tells of them; and statements that came after a newer one of "
        "the same case and differ from it."
    ),
    why="A row cannot know the future: a stamp was typed by hand, or a clock or time zone is wrong. Late statements alter nothing, "
        "because the newest wins; many of them mean that files are loaded in the wrong order.",
    next_step="Compare the source's clock and the mapping's time zone with the examples; load files in the order they were made.",
    thresholds=(
        Threshold("clocks may differ", "5 minutes", "two systems without a common clock drift that far"),
        Threshold("most", "0.2 % of the stamps and 5 rows", "more is a rule of the source, not a slip"),
    ),
    judged=out_of_order,
)  # fmt: skip
LATE_CHECK = Check(
    code="TQ007",
    name="late",
    title="Late recording",
    severity="warn",
    what="Measures how long after the newest thing a row tells of the row was recorded: half, nine in ten, and how many so late "
         "that the first figures of that table were already called final.",
    why="Late rows move figures that people have read. A right-hand edge that droops and mends itself next week is late recording.",
    next_step="Make `matures` of the metrics longer than nine in ten rows take, or have the source record sooner.",
    thresholds=(
        Threshold("most past maturity", "15 %", "corrections after days are usual; beyond one row in seven nothing is final"),
        Threshold("least rows", "50", "of fewer a share says little"),
    ),
    judged=late,
)  # fmt: skip
