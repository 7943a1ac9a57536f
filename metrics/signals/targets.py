"""Targets: dated step functions, by place and role; which of them is in force for a series on a day.

A target names a metric, one of its statistics, a role, the days it holds and as much of a place as it means: nothing
(everywhere), a region, a site, a service, or a service within a region or a site. Where several hold, the one that names its
place most closely counts.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal, get_args

import polars as pl

from metrics.definitions.metric import ESTIMATED_QUANTILES, QUANTILES, Better, Statistic

Kind = Literal["share_within", "percentile_at_most", "floor", "ceiling"]
"""What a target asks: a share within the time allowed at least so high, a percentile of a wait at most so long, a figure at least
so high, a figure at most so high."""

Role = Literal["target", "trajectory", "stretch"]
"""target: what the figure is held to. trajectory: the agreed way towards it, in steps. stretch: better than is asked."""

KINDS: tuple[Kind, ...] = get_args(Kind)
ROLES: tuple[Role, ...] = get_args(Role)
AT_LEAST: tuple[Kind, ...] = ("share_within", "floor")
"""Kinds that a figure meets by being as high or higher; the others it meets by being as low or lower."""

PLACE = ("metric", "statistic", "site_id", "service_id")
ADDED: Mapping[str, pl.DataType] = {
    **dict.fromkeys(ROLES, pl.Float64()), "target_kind": pl.String(), "target_source": pl.String(),
}  # fmt: skip


def kind_of(statistic: Statistic, better: Better) -> Kind | None:
    """The kind of a target for a statistic of a metric; None where a target makes no sense.

    That is where neither side of a figure is the good one, and for a wait that should be long.
    """
    if statistic in ("within", "km_within"):
        return "share_within" if better == "lower" else None
    if statistic in (*QUANTILES, *ESTIMATED_QUANTILES):
        return "percentile_at_most" if better == "lower" else None
    kinds: dict[Better, Kind] = {"higher": "floor", "lower": "ceiling"}
    return kinds.get(better)


def closeness() -> pl.Expr:
    """How closely a target (region, site_id, service_id) names its place; the greatest of those that hold counts.

    0 everywhere, 1 a region, 2 a site, 4 a service, 5 a service in a region, 6 a service at a site.
    """
    named = {"region": 1, "site_id": 2, "service_id": 4}
    return pl.sum_horizontal(pl.col(place).is_not_null().cast(pl.Int32) * weight for place, weight in named.items())


def targets_in_force(series: pl.LazyFrame, targets: pl.DataFrame, sites: pl.DataFrame) -> pl.LazyFrame:
    """The series with target, trajectory and stretch (f64), target_kind and target_source (text): null where none is in force.

    series: metric, statistic, site_id, service_id, period_end (date) and anything else; rows keep their order.
    targets: metric, statistic, kind, role, region, site_id, service_id (null: not narrowed), value, valid_from, valid_to (both days
    included; null: without end), source. sites: site_id, region.
    The day that counts is period_end. A null site_id (service_id) is all sites (services): a target that names a site or a region
    (a service) does not hold there. Of two that are equally close, which the home's reading rules out, the later valid_from counts.
    """
    rows = series.collect()
    places = rows.select(PLACE).unique().with_row_index("place")
    steps = step_functions(places, targets, sites).sort("starts")
    asked = rows.select(*PLACE, "period_end").join(places, on=PLACE, nulls_equal=True, how="left", maintain_order="left")
    in_time = asked.select("place", "period_end").with_row_index("row").sort("period_end")
    found = in_time.join_asof(
        steps, left_on="period_end", right_on="starts", by="place", strategy="backward", check_sortedness=False
    )
    return rows.hstack(found.sort("row").select(*ADDED)).lazy()


def step_functions(places: pl.DataFrame, targets: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """For each place the days on which what is in force changes, and what it is from then on: place, starts (date), those of ADDED.

    places: place (a number), metric, statistic, site_id, service_id. Nulls in ADDED: from that day none is in force.
    """
    held = _holding(places, targets, sites)
    ended = held.filter(pl.col("valid_to") < date.max).select("place", (pl.col("valid_to") + pl.duration(days=1)).alias("starts"))
    starts = pl.concat([held.select("place", pl.col("valid_from").alias("starts")), ended]).unique()
    running = starts.join(held, on="place").filter(pl.col("starts").is_between(pl.col("valid_from"), pl.col("valid_to")))
    in_force = running.sort("closeness", "valid_from").group_by("place", "starts").agg(_by_role())
    return starts.join(in_force, on=["place", "starts"], how="left")


def _holding(places: pl.DataFrame, targets: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Each place with each target that names it or something around it."""
    known = targets.with_columns(
        closeness().alias("closeness"), pl.col("valid_from").fill_null(date.min), pl.col("valid_to").fill_null(date.max)
    ).rename({"site_id": "named_site", "service_id": "named_service"})
    regions = sites.select("site_id", pl.col("region").cast(pl.String).alias("of_region"))
    matches = [
        pl.col(named).is_null() | pl.col(named).eq(pl.col(own)).fill_null(False)
        for named, own in (("named_site", "site_id"), ("named_service", "service_id"), ("region", "of_region"))
    ]
    return places.join(regions, on="site_id", how="left").join(known, on=["metric", "statistic"]).filter(*matches)


def _by_role() -> list[pl.Expr]:
    """The last row of each role, rows being sorted by closeness; of the role `target` also its kind and source."""
    values = [pl.col("value").filter(pl.col("role") == role).last().alias(role) for role in ROLES]
    words = [pl.col(name).filter(pl.col("role") == "target").last().alias(f"target_{name}") for name in ("kind", "source")]
    return [*values, *words]
