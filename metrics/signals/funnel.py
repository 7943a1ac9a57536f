"""Funnels: places beside each other, each against the limits that its own number of cases earns it (Spiegelhalter 2005)."""

from collections.abc import Sequence
from math import pi

import polars as pl

from metrics.signals import sums

Z_95 = 1.959964
"""Normal quantile of the inner limits: one place in twenty outside by chance (FunnelPlotR's digits)."""

Z_998 = 3.090232
"""Normal quantile of the outer limits: one place in five hundred."""

WINSORISED = 0.1
"""Share of places at each end whose z is drawn in to the tenth (ninetieth) percentile, so that a few extreme places do not widen
the limits that should find them."""

ENOUGH_SITES = 20
"""Places under which the spread between places (tau²) is itself uncertain."""

LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")


def with_funnel(sites: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """One funnel for each group of `by` (metric, statistic, period ...): the rows with its figures, in their order.

    sites: numerator and denominator of each place. Adds share, centre (all numerators over all denominators), z (plain, arcsine),
    phi (mean winsorised z²: 1 is chance alone), tau2 (variance between places beyond chance, additive), z_adjusted, the LIMITS at
    the place's denominator, the same as adjusted_... with tau2, `place` (above_998 | above_95 | inside | below_95 | below_998, by
    the adjusted limits), sites (u32, those with cases) and caution (text|null). A place without cases has nulls and takes no
    part; groups do not touch. Source: Spiegelhalter, Statistics in Medicine 2005 (doi 10.1002/sim.1970), as FunnelPlotR's "PR"
    with SHMI's winsorising.
    """
    n = pl.when(pl.col("denominator") > 0).then(pl.col("denominator"))
    shared = sites.with_columns((pl.col("numerator") / n).alias("share"))
    counted = pl.col("share").is_not_null()
    top, bottom = (sums.total(pl.when(counted).then(pl.col(name))).over(by) for name in ("numerator", "denominator"))
    pooled = pl.when(bottom > 0).then(top / bottom)
    scored = shared.with_columns(pooled.alias("centre"), counted.sum().over(by).alias("sites")).with_columns(_z().alias("z"))
    spread = _with_overdispersion(scored, by)
    adjusted = spread.with_columns((pl.col("z") * _sd() / (_sd() ** 2 + pl.col("tau2")).sqrt()).alias("z_adjusted"))
    return with_limits_at(adjusted).with_columns(_place().alias("place"), _caution().alias("caution"))


def with_limits_at(denominators: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with the LIMITS and the adjusted ones at each denominator: for places, and for the smooth lines of a drawing.

    Wants denominator, centre and tau2. sin(asin sqrt centre ± z sqrt(1 / 4n + tau2))², where an angle that would leave the
    quarter circle stays at its end: FunnelPlotR lets it swing back, so that a small place's lower limit rises again.
    """
    spreads = {"": _sd(), "adjusted_": (_sd() ** 2 + pl.col("tau2")).sqrt()}
    ways = {"lower_95": -Z_95, "upper_95": Z_95, "lower_998": -Z_998, "upper_998": Z_998}
    return denominators.with_columns(
        _at(way * sd).alias(prefix + name) for prefix, sd in spreads.items() for name, way in ways.items()
    )


def _angle(share: str) -> pl.Expr:
    return pl.col(share).sqrt().arcsin()


def _sd() -> pl.Expr:
    """Standard deviation of an arcsine root of a share: 1 / (2 sqrt n)."""
    return 0.5 / pl.when(pl.col("denominator") > 0).then(pl.col("denominator")).sqrt()


def _z() -> pl.Expr:
    return (_angle("share") - _angle("centre")) / _sd()


def _at(offset: pl.Expr) -> pl.Expr:
    return (_angle("centre") + offset).clip(0.0, pi / 2).sin() ** 2


def _with_overdispersion(scored: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """phi and tau2 = max(0, (N phi - (N - 1)) / (sum w - sum w² / sum w)), w = 1 / sd²; tau2 is 0 where one place stands alone."""
    z = pl.col("z")
    low, high = (z.quantile(at, "linear").over(by) for at in (WINSORISED, 1 - WINSORISED))
    weighted = scored.with_columns(
        z.clip(low, high).alias("drawn_in"), pl.when(z.is_not_null()).then(_sd() ** -2).alias("w")
    ).with_columns(sums.mean(pl.col("drawn_in") ** 2).over(by).alias("phi"))
    w, sites = pl.col("w"), pl.col("sites")
    weight = sums.total(w).over(by)
    room = weight - sums.total(w**2).over(by) / weight
    between = (sites * pl.col("phi") - (sites.cast(pl.Float64) - 1)) / room
    tau2 = pl.when(sites > 1).then(between.clip(lower_bound=0.0)).otherwise(0.0)
    return weighted.with_columns(tau2.alias("tau2")).drop("drawn_in", "w")


def _place() -> pl.Expr:
    share = pl.col("share")
    return (
        pl.when(share.is_null()).then(None)
        .when(share > pl.col("adjusted_upper_998")).then(pl.lit("above_998"))
        .when(share < pl.col("adjusted_lower_998")).then(pl.lit("below_998"))
        .when(share > pl.col("adjusted_upper_95")).then(pl.lit("above_95"))
        .when(share < pl.col("adjusted_lower_95")).then(pl.lit("below_95"))
        .otherwise(pl.lit("inside"))
    )  # fmt: skip


def _caution() -> pl.Expr:
    told = pl.format(
        "Only {} places: with fewer than "
        + str(ENOUGH_SITES)
        + " the spread between them is itself uncertain, so the adjusted limits may be "
        "too wide or too narrow. Read the funnel as a question, not as a verdict.",
        pl.col("sites"),
    )
    return pl.when(pl.col("sites") < ENOUGH_SITES).then(told)
