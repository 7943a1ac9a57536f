"""Equity: groups of patients whose share differs from everybody else's by more than chance does. Pure.

Each group is compared with the rest of its dimension by the two-proportion z-test (pooled), and the bound is divided by the number
of comparisons made (Bonferroni): of a hundred pages without any gap, five at most show one.
"""

from collections.abc import Mapping
from statistics import NormalDist

import polars as pl

from metrics.definitions.metric import Metric
from metrics.definitions.numbers import percent, whole
from metrics.snapshot.content import Gap
from metrics.snapshot.wording import short_name
from metrics.suppression import POLICIES, Policy, publishable

CERTAINTY = 0.05  # chance of one gap or more on a page without any
UNKNOWN = "unknown"  # the stratum of patients of whom it is not known: no group
SERIES = ("metric", "statistic", "site_id")
SCHEMA = pl.Schema({
    **dict.fromkeys((*SERIES, "dimension", "group"), pl.String()),
    **dict.fromkeys(("numerator", "denominator", "rest_numerator", "rest_denominator", "share", "rest_share", "z"), pl.Float64()),
})  # fmt: skip
DIMENSIONS = {
    "age_band": "aged {}", "language": "who speak {}", "interpreter": "with an interpreter: {}", "deprivation": "of deprivation {}",
    "payer": "with payer {}",
}  # fmt: skip


def gaps(strata: pl.DataFrame, figures: pl.DataFrame, policy: str) -> pl.DataFrame:
    """The gaps beyond chance, the widest first: columns SCHEMA.

    strata: SERIES, stratum, numerator, denominator. figures: SERIES of the figures looked at. A group that its policy withholds, or
    whose rest it would, is not told of; the others' counts are rounded as the policy says, after they are compared.
    """
    named = strata.join(figures.select(SERIES).unique(), on=list(SERIES), how="semi", nulls_equal=True).with_columns(
        pl.col("stratum").str.split_exact("=", 1).struct.rename_fields(["dimension", "group"]).struct.unnest()
    )
    known = named.filter(pl.col("group") != UNKNOWN)
    of = (*SERIES, "dimension")
    rest = [(pl.col(name).sum().over(of) - pl.col(name)).alias(f"rest_{name}") for name in ("numerator", "denominator")]
    compared = known.with_columns(rest).with_columns(z_of().alias("z"))
    told = as_told(compared, POLICIES[policy]).filter(pl.col("denominator") > 0, pl.col("rest_denominator") > 0)
    bound = NormalDist().inv_cdf(1 - CERTAINTY / 2 / max(told.height, 1))
    found = told.filter(pl.col("z").abs() > bound).sort([-pl.col("z").abs(), *SERIES, "dimension", "group"])
    return found.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def as_told(compared: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The groups that may be told, counts and shares as they may be. Groups of a dimension and their rests add up to its total."""
    groups = cells(compared, "", pl.col("stratum"))
    totals = compared.group_by(*SERIES, "dimension", maintain_order=True).agg(pl.col("numerator", "denominator").sum())
    told = publishable(pl.concat([groups, cells(totals, "", pl.lit(None, pl.String))]), policy).head(compared.height)
    rests = publishable(cells(compared, "rest_", pl.lit(None, pl.String)), policy)
    shown = compared.with_columns(
        told["numerator"], told["denominator"], share=told["value"],
        rest_numerator=rests["numerator"], rest_denominator=rests["denominator"], rest_share=rests["value"],
    )  # fmt: skip
    return shown.filter(~told["withheld"], ~rests["withheld"])


def cells(counted: pl.DataFrame, prefix: str, stratum: pl.Expr) -> pl.DataFrame:
    """As a frame of figures: a dimension's groups, or its total, of each figure."""
    top, bottom = pl.col(f"{prefix}numerator"), pl.col(f"{prefix}denominator")
    return counted.select(
        pl.concat_str("metric", pl.lit(" by "), "dimension").alias("metric"), "statistic", "site_id", stratum.alias("stratum"),
        top.alias("numerator"), bottom.alias("denominator"), pl.when(bottom > 0).then(top / bottom).alias("value"),
        bottom.round().cast(pl.Int64).alias("n"),
    )  # fmt: skip


def z_of() -> pl.Expr:
    """Standard errors between the group's share and the rest's; null where all or none count."""
    n, m = pl.col("denominator"), pl.col("rest_denominator")
    pooled = (pl.col("numerator") + pl.col("rest_numerator")) / (n + m)
    error = (pooled * (1 - pooled) * (1 / n + 1 / m)).sqrt()
    return pl.when(error > 0).then((pl.col("numerator") / n - pl.col("rest_numerator") / m) / error)


def gap_of(row: Mapping[str, object], metrics: Mapping[str, Metric], place: str) -> Gap:
    """One gap in a sentence."""
    share, n, rest, m = (float(str(row[name])) for name in ("share", "denominator", "rest_share", "rest_denominator"))
    dimension = str(row["dimension"])
    who = DIMENSIONS.get(dimension, dimension + " {}").format(row["group"])
    name = short_name(metrics[str(row["metric"])].title)
    this, other = f"{percent(share)} (n {whole(n)})", f"{percent(rest)} (n {whole(m)})"
    said = f"{name} at {place} is {this} for patients {who}, and {other} for the others."
    return Gap(str(row["metric"]), dimension, said)
