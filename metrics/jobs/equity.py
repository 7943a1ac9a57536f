"""How far each group of patients is from the reference group, with an interval.

The gap is the group's figure less the reference's. Its interval is made of the two figures' own, by squaring and adding the
arms that point towards and away from each other: for shares this is Newcombe's method 10 (Statistics in Medicine 17, 1998:873),
which takes Wilson's limits; for medians, percentiles, means and estimates it is MOVER (Zou and Donner, Statistics in Medicine
27, 2008:1693), which takes whatever limits the figure has, of a quantile its order statistics. The two groups share no case.
Cases of one patient count apart, so where patients come often the interval is a little too narrow.
"""

from collections.abc import Mapping

import polars as pl

UNKNOWN = "unknown"  # patients of whom the stratum is not known: compared, but never the reference
PERIOD = ("metric", "statistic", "grain", "period_start", "site_id", "service_id")
SOUGHT = ("value", "n", "lower", "upper")  # of the reference, beside each group
NOT_ASSESSED, REFERENCE, NO_DIFFERENCE = "not assessed", "reference", "no difference shown"
WORDS = {"higher": ("better", "worse"), "lower": ("worse", "better"), "neither": ("higher", "lower")}  # above, below the reference


def gaps(figures: pl.DataFrame, references: Mapping[str, str], least: int, better: str) -> pl.DataFrame:
    """Each group's figure beside the reference group's: `figures` with reference, reference_value, reference_n, gap, gap_lower,
    gap_upper (in the figure's own unit) and finding.

    figures: PERIOD, stratum ('age_band=65-79'), value, n, lower, upper. references: dimension -> the reference's value; where a
    dimension has none, the group with most cases of all periods together (of equals the first by name). better: 'lower', 'higher'
    or 'neither'.
    finding is 'reference'; 'not assessed' where a group or the reference has fewer than `least` cases, no figure or no interval,
    and where the reference is missing; 'no difference shown' where the interval holds 0; else which way the group differs.
    """
    split = figures.with_columns(
        dimension=pl.col("stratum").str.extract("^([^=]*)="), group=pl.col("stratum").str.extract("=(.*)$")
    )
    chosen = split.join(reference_groups(split, references), on="dimension", how="left", maintain_order="left")
    of_reference = chosen.filter(pl.col("group") == pl.col("reference")).select(
        *PERIOD, "dimension", *(pl.col(name).alias(f"reference_{name}") for name in SOUGHT)
    )
    beside = chosen.join(of_reference, on=[*PERIOD, "dimension"], how="left", nulls_equal=True, maintain_order="left")
    told = beside.with_columns(_gap(least)).with_columns(_limits())
    return told.with_columns(_finding(better).alias("finding")).drop("dimension", "group", "reference_lower", "reference_upper")


def reference_groups(split: pl.DataFrame, references: Mapping[str, str]) -> pl.DataFrame:
    """dimension, reference: the one that was chosen, else the one with most cases."""
    most = (
        split.filter(pl.col("group") != UNKNOWN).group_by("dimension", "group").agg(pl.col("n").sum())
        .sort("dimension", "n", "group", descending=[False, True, False]).unique("dimension", keep="first", maintain_order=True)
    )  # fmt: skip
    named = pl.col("dimension").replace_strict(dict(references), default=None, return_dtype=pl.String)
    return split.select("dimension").unique().join(most, on="dimension", how="left").select(
        "dimension", pl.coalesce(named, "group").alias("reference")
    )  # fmt: skip


def _gap(least: int) -> pl.Expr:
    enough = (pl.col("n") >= least) & (pl.col("reference_n") >= least)
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in ("lower", "upper", "reference_lower", "reference_upper"))
    other = pl.col("group") != pl.col("reference")
    return pl.when(enough & known & other).then(pl.col("value") - pl.col("reference_value")).alias("gap")


def _limits() -> list[pl.Expr]:
    """The gap's limits: null where there is no gap."""
    down = (pl.col("value") - pl.col("lower")) ** 2 + (pl.col("reference_upper") - pl.col("reference_value")) ** 2
    up = (pl.col("upper") - pl.col("value")) ** 2 + (pl.col("reference_value") - pl.col("reference_lower")) ** 2
    return [(pl.col("gap") - down.sqrt()).alias("gap_lower"), (pl.col("gap") + up.sqrt()).alias("gap_upper")]


def _finding(better: str) -> pl.Expr:
    above, below = WORDS[better]
    return (
        pl.when(pl.col("group") == pl.col("reference")).then(pl.lit(REFERENCE))
        .when(pl.col("gap").is_null()).then(pl.lit(NOT_ASSESSED))
        .when(pl.col("gap_lower") > 0).then(pl.lit(above))
        .when(pl.col("gap_upper") < 0).then(pl.lit(below))
        .otherwise(pl.lit(NO_DIFFERENCE))
    )  # fmt: skip
