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
from metrics.snapshot.withholding import SMALLEST
from metrics.snapshot.wording import short_name

CERTAINTY = 0.05  # chance of one gap or more on a page without any
UNKNOWN = "unknown"  # the stratum of patients of whom it is not known: no group
SERIES = ("metric", "statistic", "site_id")
SCHEMA = pl.Schema({
    **dict.fromkeys((*SERIES, "dimension", "group"), pl.String()),
    **dict.fromkeys(("numerator", "denominator", "rest_numerator", "rest_denominator", "z"), pl.Float64()),
})  # fmt: skip
DIMENSIONS = {
    "age_band": "aged {}", "language": "who speak {}", "interpreter": "with an interpreter: {}", "deprivation": "of deprivation {}",
    "payer": "with payer {}",
}  # fmt: skip


def gaps(strata: pl.DataFrame, figures: pl.DataFrame, policy: str) -> pl.DataFrame:
    """The gaps beyond chance, the widest first: columns SCHEMA.

    strata: SERIES, stratum, numerator, denominator. figures: SERIES of the figures looked at. A group with a
    small count, or a rest with one, is not told of.
    """
    named = strata.join(figures.select(SERIES).unique(), on=list(SERIES), how="semi", nulls_equal=True).with_columns(
        pl.col("stratum").str.split_exact("=", 1).struct.rename_fields(["dimension", "group"]).struct.unnest()
    )
    known = named.filter(pl.col("group") != UNKNOWN)
    of = (*SERIES, "dimension")
    rest = [(pl.col(name).sum().over(of) - pl.col(name)).alias(f"rest_{name}") for name in ("numerator", "denominator")]
    compared = known.with_columns(rest).filter(pl.col("denominator") > 0, pl.col("rest_denominator") > 0)
    tested = compared.with_columns(z_of().alias("z")).filter(*told(policy))
    bound = NormalDist().inv_cdf(1 - CERTAINTY / 2 / max(tested.height, 1))
    found = tested.filter(pl.col("z").abs() > bound).sort([-pl.col("z").abs(), *SERIES, "dimension", "group"])
    return found.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def z_of() -> pl.Expr:
    """Standard errors between the group's share and the rest's; null where all or none count."""
    n, m = pl.col("denominator"), pl.col("rest_denominator")
    pooled = (pl.col("numerator") + pl.col("rest_numerator")) / (n + m)
    error = (pooled * (1 - pooled) * (1 / n + 1 / m)).sqrt()
    return pl.when(error > 0).then((pl.col("numerator") / n - pl.col("rest_numerator") / m) / error)


def told(policy: str) -> list[pl.Expr]:
    """Which comparisons hold no small number."""
    counts = [
        count
        for prefix in ("", "rest_")
        for count in (pl.col(f"{prefix}numerator"), pl.col(f"{prefix}denominator") - pl.col(f"{prefix}numerator"))
    ]
    return [(count == 0) | (count >= SMALLEST[policy]) for count in counts]


def gap_of(row: Mapping[str, object], metrics: Mapping[str, Metric], place: str) -> Gap:
    """One gap in a sentence."""
    n, m = (float(str(row[name])) for name in ("denominator", "rest_denominator"))
    share, rest = float(str(row["numerator"])) / n, float(str(row["rest_numerator"])) / m
    dimension = str(row["dimension"])
    who = DIMENSIONS.get(dimension, dimension + " {}").format(row["group"])
    name = short_name(metrics[str(row["metric"])].title)
    this, other = f"{percent(share)} (n {whole(n)})", f"{percent(rest)} (n {whole(m)})"
    said = f"{name} at {place} is {this} for patients {who}, and {other} for the others."
    return Gap(str(row["metric"]), dimension, said)
