"""TQ001 Missing instants: a finished row without the stamp that its wait needs."""

import polars as pl

from metrics.quality.check import Check, Material, Threshold, found, of_total
from metrics.quality.totals import totals

MOST_MISSING = 0.05
LEAST_ROWS = 50
NEVER = 0.999


def judged(material: Material) -> pl.DataFrame:
    """Columns of a site that a source fills for most rows and not for all. One never filled is not sent: it passes."""
    sums = totals(material, "missing").with_columns(share=pl.col("n") / pl.col("total"))
    broken = (pl.col("share") > MOST_MISSING) & (pl.col("total") >= LEAST_ROWS)
    never = pl.col("share") >= NEVER
    sentence = (
        pl.when(never).then(pl.format("the source does not send {}: no metric can start or stop with it", "about"))
        .otherwise(of_total("finished rows have no such instant"))
    )  # fmt: skip
    severity = pl.when(broken & ~never).then(pl.lit("warn")).otherwise(pl.lit("pass"))
    return found(sums.with_columns(severity=severity, sentence=sentence))


CHECK = Check(
    code="TQ001",
    name="missing",
    title="Missing instants",
    severity="warn",
    what="Counts finished rows (fulfilled, departed, answered, decided) that lack the instant in which they began or ended.",
    why="A row without its stamp is in no median. Stamps are forgotten on busy days, so that the waits that are left look short.",
    next_step="Ask the source's owner whether the field became optional or the extract lost it; look at the examples first.",
    thresholds=(
        Threshold(
            "most missing", "5 %", "up to one row in twenty hardly moves a median; beyond it the missing may be the long ones"
        ),
        Threshold("least rows", "50", "of fewer rows one forgotten stamp is 2 %"),
        Threshold(
            "never sent", "99.9 %", "a column that is always empty is not sent: no fault of a day, and no figure stands on it"
        ),
    ),
    judged=judged,
)
