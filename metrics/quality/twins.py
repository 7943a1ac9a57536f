"""TQ005 Duplicates: the same case under two ids."""

import polars as pl

from metrics.quality.check import Check, Material, Threshold, found, of_total
from metrics.quality.totals import totals

WARNED, FAILED = 0.002, 0.02
LEAST = 5


def judged(material: Material) -> pl.DataFrame:
    sums = totals(material, "duplicate")
    share, enough = pl.col("n") / pl.col("total"), pl.col("n") >= LEAST
    severity = (
        pl.when(enough & (share > FAILED)).then(pl.lit("fail")).when(enough & (share > WARNED)).then(pl.lit("warn"))
    ).otherwise(pl.lit("pass"))  # fmt: skip
    return found(sums.with_columns(severity=severity, sentence=of_total("rows tell of a case that another id tells of already")))


CHECK = Check(
    code="TQ005",
    name="duplicate",
    title="The same case under two ids",
    severity="fail",
    what=(
        "Counts rows that share patient, place and start with another id. Cancelled appointments are left out: their time may be "
        "booked again. The same row sent twice under one id is kept once by the lake and never gets here."
    ),
    why="The case counts twice. A migration that numbers old cases anew doubles a month; a median hides it, a count does not.",
    next_step="Compare the examples in the source. If ids were changed, map the old one; if a file came by two sources, drop one.",
    thresholds=(
        Threshold("warns above", "0.2 % and 5 rows", "two calls in one second happen; two in a thousand rows do not"),
        Threshold("fails above", "2 %", "from there every count is wrong by more than its interval"),
    ),
    judged=judged,
)
